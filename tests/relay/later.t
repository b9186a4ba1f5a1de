# What is to leave later waits, wherever it goes, and leaves once. RFC 4865
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
MAIL a@example.org alice@example.test for=2h
  Subject: later
  
  Hello
MAIL b@example.org until=3h
TIME +119m
INBOX 0
COUNT mx1 messages=0
QUEUE
  a@example.org later 0 0
  alice@example.test later 0 0
  b@example.org later 0 0
# A start in between changes nothing.
RESTART
TIME +2m
INBOX 1
  Delivered-To: alice@example.test
  Subject: later
COUNT mx1 messages=1
QUEUE
  b@example.org later 0 0
TIME +1h
COUNT mx1 messages=2
INBOX 1
QUEUE
TRACE
  +0:00 held a@example.org 250 until 2026-11-22T06:00:01Z
  +0:00 held alice@example.test 250 until 2026-11-22T06:00:01Z
  +0:00 held b@example.org 250 until 2026-11-22T07:00:*Z
  +2:00 released  250 it is due
  +2:00 queued a@example.org 250
  +2:00 stored alice@example.test 250
  +2:00 delivered a@example.org 250 *
  +3:00 released  250 it is due
  +3:00 queued b@example.org 250
  +3:00 delivered b@example.org 250 *
