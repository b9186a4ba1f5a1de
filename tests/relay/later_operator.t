# What is to leave later leaves now if it is named; filters do not mean it, but
# to drop it.
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
MAIL a@example.org alice@example.test for=2h
MAIL b@example.org for=2h
MAIL c@example.org for=2h
TIME +1m
OPERATOR hold example.org
OPERATOR release example.org
OPERATOR retry example.org
TRACE
  +0:00 held a@example.org 250 until *
  +0:00 held alice@example.test 250 until *
  +0:00 held b@example.org 250 until *
  +0:00 held c@example.org 250 until *
OPERATOR release 1
TRACE
  +0:01 released  250 by the operator
  +0:01 queued a@example.org 250
  +0:01 stored alice@example.test 250
  +0:01 delivered a@example.org 250 *
INBOX 1
OPERATOR drop example.org
TRACE
  +0:01 dropped b@example.org
  +0:01 dropped c@example.org
QUEUE
TIME +2h
COUNT mx1 messages=1
