# What a server answers is the result, for each recipient.      RFC 5321 4.2.1
DNS
  example.org MX 20 mx2.example.org
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
HOST mx2 192.0.2.2
MAIL a@example.org
TRACE
  +0:00 queued a@example.org 250
  +0:00 delivered a@example.org 250 2.0.0 taken; host=mx1.example.org[192.0.2.1] tls=no
HEARD mx1
  alice@example.test>a@example.org|Subject: hello//Hello/

# Our signature goes first, and dots are stuffed.             RFC 5321 4.5.2
MAIL a@example.org signed
  | Subject: y
  |
  | .dot
HEARD mx1
  alice@example.test>a@example.org|DKIM-Signature: x/Subject: y//..dot/
TRACE
  +0:00 queued a@example.org 250
  +0:00 delivered a@example.org 250 *

# A refusal for good is the answer; "later" is another host's turn
# (next_host.t).
HOST mx1
  rcpt no 550 5.1.1 nobody of that name
  rcpt later 450 4.2.1 come back
MAIL a@example.org no@example.org later@example.org b@example.org
TRACE
  +0:00 queued a@example.org 250
  +0:00 queued no@example.org 250
  +0:00 queued later@example.org 250
  +0:00 queued b@example.org 250
  +0:00 delivered a@example.org 250 2.0.0 taken; *
  +0:00 failed no@example.org 550 5.1.1 nobody of that name; *
  +0:00 delivered b@example.org 250 2.0.0 taken; *
  +0:00 delivered later@example.org 250 2.0.0 taken; host=mx2.*
  +0:00 stored alice@example.test 250
  +0:00 reported no@example.org failed; *
HEARD mx1
  alice@example.test>a@example.org,b@example.org|Subject: hello//Hello/

# MAIL is refused, or the text.
HOST mx1
  mail 550 5.7.1 not from you
MAIL a@example.org notify=never
TRACE
  +0:00 queued a@example.org 250
  +0:00 failed a@example.org 550 5.7.1 not from you; host=mx1.example.org[192.0.2.1] tls=no
HOST mx1
  text 554 5.6.0 spam
MAIL a@example.org notify=never
TRACE
  +0:00 queued a@example.org 250
  +0:00 failed a@example.org 554 5.6.0 spam; *
HOST mx1
  text 451 4.3.0 try later
MAIL a@example.org
TRACE
  +0:00 queued a@example.org 250
  +0:00 delivered a@example.org 250 2.0.0 taken; host=mx2.*
COUNT mx2 messages=2
