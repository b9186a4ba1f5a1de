# A connection that is lost in a text, before the answer to its final dot: the
# server may have taken the message or not. It is tried again later, and never
# at once elsewhere; the others go over a new one.          RFC 5321 4.5.3.2.6
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  lose 2
HOST mx2 192.0.2.2
MAIL a@example.org
MAIL b@example.org
MAIL c@example.org
MAIL d@example.org
MAIL e@example.org
TRACE
  * queued a@example.org 250
  * queued b@example.org 250
  * queued c@example.org 250
  * queued d@example.org 250
  * queued e@example.org 250
  * delivered * 250 *
  * deferred * 4.4.2 * host=mx1.*
  * delivered * 250 *
  * delivered * 250 *
  * delivered * 250 *
COUNT mx1 messages=4 dials=2
COUNT mx2 dials=0
# Somebody answered: other mail to this domain need not wait.
MAIL f@example.org
TRACE
  * queued f@example.org 250
  * delivered f@example.org 250 *
