# A host that is not there is tried again: after retry-min (and up to a quarter
# more by chance), then after twice as long each time.        RFC 5321 4.5.4.1
CONFIG
  queue { retry-min = 5m }
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  down
MAIL a@example.org
TRACE
  +0:00 queued a@example.org 250
  +0:00 deferred a@example.org 4.4.1 mx1.example.org [192.0.2.1]: connect to 192.0.2.1 port 25: refused; host=mx1.example.org[192.0.2.1] tls=no; next attempt at 2026-11-22T04:0*
QUEUE
  a@example.org waits 1 0 4.4.1 *

# Not before it is due.
TIME +4m
COUNT mx1 dials=1
TIME +3m
TRACE
  +0:0* deferred a@example.org 4.4.1 *: refused; host=*; next attempt at 2026-11-22T04:1*
COUNT mx1 dials=2
TIME +6m
TRACE
TIME +7m
TRACE
  +0:1* deferred a@example.org 4.4.1 *: refused; host=*; next attempt at 2026-11-22T04:*

# It is there again, and this is what it hears.
HOST mx1
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250 PIPELINING
  C: MAIL FROM:<alice@example.test>
  C: RCPT TO:<a@example.org>
  C: DATA
  S: 250 2.1.0 Ok
  S: 250 2.1.5 Ok
  S: 354 Go on
  C: Subject: hello
  C:
  C: Hello
  C: .
  S: 250 2.0.0 Taken
  C: QUIT
  S: 221 2.0.0 Bye
TIME +25m
TRACE
  +0:* delivered a@example.org 250 2.0.0 Taken; host=mx1.example.org[192.0.2.1] tls=no
QUEUE
COUNT mx1 dials=4
