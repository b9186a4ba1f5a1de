# A host that is slow from the start does not use up the time of the next.
CONFIG
  relay { tls = must }
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  tls works
  pause 299s
HOST mx2 192.0.2.2
  tls works
MAIL a@example.org
TIME +10m
TRACE
  +0:00 queued a@example.org 250
  +0:0* delivered a@example.org 250 2.0.0 taken; host=mx2.*
