# Where the operator wants TLS, no mail goes without; but that is no reason to
# give up, and another host may have it.
CONFIG
  relay { tls = must }
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
HOST mx2 192.0.2.2
MAIL a@example.org
TRACE
  * queued a@example.org 250
  * deferred a@example.org 4.7.4 mx1.*: it offers no TLS, which the route demands; mx2.*
HOST mx1
  tls broken
HOST mx2
  tls broken
MAIL b@example.org
TRACE
  * queued b@example.org 250
  * deferred b@example.org 4.7.5 mx1.*; mx2.*
HOST mx1
  tls refused
HOST mx2
  tls refused
MAIL c@example.org
TRACE
  * queued c@example.org 250
  * deferred c@example.org 454 4.7.5 mx1.*; mx2.*
HOST mx2
  tls works
MAIL d@example.org
TRACE
  * queued d@example.org 250
  * delivered d@example.org 250 2.0.0 taken; host=mx2.example.org[192.0.2.2] tls=TLSv1.3
COUNT mx1 messages=0

# With a certificate of that name, from somebody who is trusted.
CONFIG
  relay { tls = verify }
HOST mx1
  tls works
TIME +10s
MAIL e@example.org
TRACE
  * queued e@example.org 250
  * deferred e@example.org 4.7.5 mx1.*; mx2.*
COUNT mx1 messages=0
