# A message that travels by TLS alone, to its end.                    RFC 8689
TRUST
DNS
  signed yes
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
# It says so to the next server, which has said that it knows it.       4.2.1
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250 STARTTLS
  C: STARTTLS
  S: 220 2.0.0 Go
  TLS
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250 REQUIRETLS
  C: MAIL FROM:<alice@example.test> REQUIRETLS
  S: 250 2.1.0 Ok
  C: RCPT TO:<a@example.org>
  S: 250 2.1.5 Ok
  C: DATA
  S: 354 Go on
  C: Subject: hello
  C:
  C: Hello
  C: .
  S: 250 2.0.0 Taken
  C: QUIT
MAIL a@example.org tls=yes
TRACE
  * queued a@example.org 250
  * delivered a@example.org 250 2.0.0 Taken; host=mx1.example.org[192.0.2.1] tls=TLSv1.3
TIME +10s

# One that has not: it comes back, without its text, and the report wants TLS
# as well. Others take the same connection.                       4.2.1 (5), 5
HOST mx1
  tls works
MAIL b@example.org tls=yes ret=full
  | Subject: hello
  |
  | The body.
TRACE
  * queued b@example.org 250
  * failed b@example.org 5.7.30 mx1.example.org [192.0.2.1]: it does not offer REQUIRETLS; *
  * stored alice*
  * reported b@example.org failed; the report is *
INBOX 1
  *Action: failed
  Status: 5.7.30
  Content-Type: text/rfc822-headers*
  Subject: hello
  ! The body.
MAIL c@example.org
TRACE
  * queued c@example.org 250
  * delivered c@example.org 250 2.0.0 taken; *
COUNT mx1 clear=0 messages=1
TIME +10s

# No TLS, or none that works: for everybody else a reason to go in clear, or to
# wait.
HOST mx1
  offers REQUIRETLS
MAIL d@example.org tls=yes
TRACE
  * queued d@example.org 250
  * failed d@example.org 5.7.10 mx1.example.org [192.0.2.1]: it offers no TLS, which the message demands; *
  * stored alice*
  * reported *
HOST mx1
  offers REQUIRETLS
  tls broken
MAIL e@example.org tls=yes
TRACE
  * queued e@example.org 250
  * failed e@example.org 5.7.10 mx1.example.org *
  * stored alice*
  * reported *
# "Later" is what it says itself.
HOST mx1
  offers REQUIRETLS
  tls refused
MAIL f@example.org tls=yes
TRACE
  * queued f@example.org 250
  * deferred f@example.org 454 4.7.5 mx1.example.org *
COUNT mx1 messages=1 clear=0
OPERATOR drop example.org
TRACE
  * dropped *

# A report goes without rather than not at all: 5. But it goes with it where
# that is promised.
HOST mx1
  tls works
MAIL report g@example.org tls=yes
TRACE
  * queued g@example.org 250
  * delivered g@example.org 250 2.0.0 taken; *
TIME +10s
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250 REQUIRETLS
  C: MAIL FROM:<>
  S: 250 2.1.0 Ok
  C: RCPT TO:<h@example.org>
  S: 250 2.1.5 Ok
  C: DATA
  S: 354 Go on
  C: Subject: hello
  C:
  C: Hello
  C: .
  S: 250 2.0.0 Taken
  C: QUIT
MAIL report h@example.org tls=yes
TRACE
  * queued h@example.org 250
  * delivered h@example.org 250 2.0.0 Taken; host=mx1.example.org[192.0.2.1] tls=no
