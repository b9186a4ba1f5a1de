# A server that wants to see the message again is not a failure: it is tried
# again, and then it takes it.                                       RFC 6647
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250 PIPELINING
  C: MAIL FROM:<alice@example.test>
  C: RCPT TO:<a@example.org>
  C: DATA
  S: 250 2.1.0 Ok
  S: 450 4.7.1 Greylisted, come back in five minutes
  S: 503 5.5.1 No recipients
  C: QUIT
  S: 221 2.0.0 Bye
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
MAIL a@example.org
TRACE
  +0:00 queued a@example.org 250
  +0:00 deferred a@example.org 450 4.7.1 Greylisted, come back in five minutes; host=mx1.example.org[192.0.2.1] tls=no; next attempt at 2026-11-22T04:0*
TIME +10m
TRACE
  +0:0* delivered a@example.org 250 2.0.0 Taken; host=mx1.example.org[192.0.2.1] tls=no
QUEUE
INBOX 0
