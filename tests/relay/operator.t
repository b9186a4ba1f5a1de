# What waits is tried at once when the operator says so, hosts that were down a
# moment ago as well; what is held is not tried at all.
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  down
MAIL a@example.org
TRACE
  +0:00 queued a@example.org 250
  +0:00 deferred a@example.org 4.4.1 *
HOST mx1
OPERATOR hold example.org
TIME +1h
TRACE
  +0:00 held a@example.org
QUEUE
  a@example.org held 1 0 4.4.1 *
OPERATOR release example.org
OPERATOR retry example.org
TRACE
  +1:00 released a@example.org
  +1:00 retried a@example.org
  +1:00 delivered a@example.org 250 2.0.0 taken; *
MAIL b@example.org
OPERATOR drop example.org
TRACE
  +1:00 queued b@example.org 250
  +1:00 dropped b@example.org
QUEUE
INBOX 0
