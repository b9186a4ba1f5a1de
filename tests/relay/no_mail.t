# Hosts and domains that take no mail, and say so.       RFC 7504, RFC 1846 5
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  mx1.example.org A 192.0.2.1
  mx1.example.org A 192.0.2.11
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  greeting 521 mx1.example.org takes no mail
HOST other 192.0.2.11
HOST mx2 192.0.2.2

# The next host, but not the same one by another address.
MAIL a@example.org
TRACE
  +0:00 queued a@example.org 250
  +0:00 delivered a@example.org 250 2.0.0 taken; host=mx2.example.org[192.0.2.2] tls=no
COUNT mx1 dials=1
COUNT other dials=0
LOG
  host host=mx1.example.org address=192.0.2.1 for=example.org code=521 status=5.3.2 text="mx1.example.org takes no mail"

# One that refuses for another reason may have an address that takes it.
HOST mx1
  greeting 554 not you
MAIL b@example.org
TRACE
  +0:00 queued b@example.org 250
  +0:00 delivered b@example.org 250 2.0.0 taken; host=mx1.example.org[192.0.2.11] tls=no

# No host takes any: back at once, with the status of the code.
DNS
  none.test MX 10 mx4.example.org
  none.test MX 20 mx5.example.org
  mx4.example.org A 192.0.2.4
  mx5.example.org A 192.0.2.5
HOST mx4 192.0.2.4
  greeting 521 mx4.example.org takes no mail
HOST mx5 192.0.2.5
  S: 521 mx5.example.org takes no mail
  CLOSE
MAIL c@none.test
TRACE
  +0:00 queued c@none.test 250
  +0:00 failed c@none.test 521 5.3.2 mx4.example.org [192.0.2.4]: 521 *; mx5.example.org [192.0.2.5]: 521 *
  *
  *
INBOX 1
  The other server takes no mail.
  Status: 5.3.2

# Later in the dialogue it is an answer as any other of 5yz.
DNS
  one.test MX 10 mx3.example.org
  mx3.example.org A 192.0.2.3
HOST mx3 192.0.2.3
  rcpt c 556 no mail for it
  rcpt d 521 host of theirs takes no mail
MAIL c@one.test d@one.test e@one.test notify=never
TRACE
  +0:00 queued c@one.test 250
  +0:00 queued d@one.test 250
  +0:00 queued e@one.test 250
  +0:00 failed c@one.test 556 5.1.10 *
  +0:00 failed d@one.test 521 5.3.2 *
  +0:00 delivered e@one.test 250 *
HOST mx3
  mail 521 mx3.example.org takes no mail
MAIL f@one.test notify=never
TRACE
  +0:00 queued f@one.test 250
  +0:00 failed f@one.test 521 5.3.2 *
