# Whose host it is has to be proven, and by whom it is shown; every host is
# asked before the message comes back.                        RFC 8689 2, 4.2.1
TRUST
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  tls works
  offers REQUIRETLS
HOST mx2 192.0.2.2
  tls works
  offers REQUIRETLS
MAIL a@example.org tls=yes
TRACE
  * queued a@example.org 250
  * failed a@example.org 5.7.10 mx1.example.org [192.0.2.1]: neither DNSSEC nor MTA-STS proves whose host it is; mx2*
  * stored alice*
  * reported *
COUNT mx1 dials=0
# A host of another name; mx1 is asked, and then mx2 is.
DNS
  signed yes
HOST mx1
  tls works
MAIL b@example.org tls=yes
TRACE
  * queued b@example.org 250
  * failed b@example.org 5.7.* mx1.example.org [192.0.2.1]: it does not offer REQUIRETLS; mx2.example.org [192.0.2.2]: *
  * stored alice*
  * reported *
COUNT mx1 messages=0
COUNT mx2 messages=0
# Both in one assignment: the one goes, and the other does not.
DNS
  signed no
MAIL c@example.org
MAIL d@example.org tls=yes
MAIL e@example.org
TRACE
  * queued c@example.org 250
  * queued d@example.org 250
  * queued e@example.org 250
  * failed d@example.org 5.7.10 *
  * delivered e@example.org 250 2.0.0 taken; *
  * delivered c@example.org 250 2.0.0 taken; *
  * stored alice*
  * reported *
# Where the operator names the host, no DNS has to.
CONFIG
  route "example.org" { host = mx1.example.org port = 25 tls = must }
TIME +10s
HOST mx1
  tls works
  offers REQUIRETLS
MAIL f@example.org tls=yes
TRACE
  * queued f@example.org 250
  * delivered f@example.org 250 2.0.0 taken; *
# But TLS has to be, and with its certificate.
CONFIG
  route "example.org" { host = mx1.example.org port = 25 tls = none }
TIME +10s
MAIL g@example.org tls=yes
TRACE
  * queued g@example.org 250
  * failed g@example.org 5.7.10 mx1.example.org [192.0.2.1]: the route does without TLS; *
  * stored alice*
  * reported *
