# The hosts of a domain are tried in their order, until one takes the message.
#                                                                RFC 5321 5.1
DNS
  example.org MX 20 mx2.example.org
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  greeting 421 4.3.2 closing
HOST mx2 192.0.2.2
MAIL a@example.org
TRACE
  * queued a@example.org 250
  * delivered a@example.org 250 2.0.0 taken; host=mx2.example.org[192.0.2.2] tls=no
HOST mx1
  greeting 554 5.3.2 no mail here
MAIL b@example.org
TRACE
  * queued b@example.org 250
  * delivered b@example.org 250 2.0.0 taken; host=mx2.*
HOST mx1
  greeting 450 busy
MAIL c@example.org
TRACE
  * queued c@example.org 250
  * delivered c@example.org 250 2.0.0 taken; host=mx2.*
HOST mx1
  down
MAIL d@example.org
TRACE
  * queued d@example.org 250
  * delivered d@example.org 250 2.0.0 taken; host=mx2.*
COUNT mx1 dials=4 messages=0

# A host that failed leaves a line of log, also when another took the message.
LOG
  host host=mx1.example.org address=192.0.2.1 for=example.org code=421 status=4.3.2
  delivered message=
  host host=mx1.example.org address=192.0.2.1 for=example.org code=554 status=5.3.2
  delivered message=
