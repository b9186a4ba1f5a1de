# A host that accepts connections and never speaks is as good as none, and not
# dialled again at once.                                    RFC 5321 4.5.3.2.1
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  silent
HOST mx2 192.0.2.2
MAIL a@example.org
TIME +4m
TRACE
  +0:00 queued a@example.org 250
TIME +90s
TRACE
  +0:05 delivered a@example.org 250 2.0.0 taken; host=mx2.*
MAIL a@example.org
TRACE
  +0:05 queued a@example.org 250
  +0:05 delivered a@example.org 250 2.0.0 taken; host=mx2.*
COUNT mx1 dials=1
