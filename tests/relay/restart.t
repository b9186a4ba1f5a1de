# Store ends while the next server has yet to say what it makes of a message.
# That store hands it out again, and whoever gets it waits for the first answer:
# nobody has it twice.
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  slow 20s
MAIL a@example.org
TIME +1s
COUNT mx1 dials=1 messages=0
RESTART
TIME +30s
COUNT mx1 dials=1 messages=1
TRACE
  +0:00 queued a@example.org 250
  +0:00 delivered a@example.org 250 2.0.0 taken; *
QUEUE

# What waits is not forgotten.
HOST mx1
  down
MAIL b@example.org
TIME +10s
RESTART
HOST mx1
TIME +10m
TRACE
  +0:00 queued b@example.org 250
  +0:00 deferred b@example.org 4.4.1 *
  +0:* delivered b@example.org 250 *
