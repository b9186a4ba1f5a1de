# TLS where it is offered, and in clear rather than not at all.        RFC 7435
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  tls works
MAIL a@example.org
TRACE
  * queued a@example.org 250
  * delivered a@example.org 250 2.0.0 taken; host=mx1.example.org[192.0.2.1] tls=TLSv1.3
COUNT mx1 dials=1 encrypted=1 clear=0
TIME +10s

# It is offered and broken: a new connection, in clear.
HOST mx1
  tls broken
MAIL a@example.org
TRACE
  * queued a@example.org 250
  * delivered a@example.org 250 2.0.0 taken; host=mx1.example.org[192.0.2.1] tls=no
COUNT mx1 dials=3 encrypted=1 clear=1
TIME +10s

# It is offered and refused: the same connection goes on.
HOST mx1
  tls refused
MAIL a@example.org
TRACE
  * queued a@example.org 250
  * delivered a@example.org 250 2.0.0 taken; host=mx1.example.org[192.0.2.1] tls=no
COUNT mx1 dials=4 encrypted=1 clear=2
