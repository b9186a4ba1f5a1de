# Hosts that accept and never speak are not all waited for.
DNS
  example.org MX 10 mx1.test
  example.org MX 20 mx2.test
  example.org MX 30 mx3.test
  example.org MX 40 mx4.test
  example.org MX 50 mx5.test
  mx1.test A 192.0.2.1
  mx2.test A 192.0.2.2
  mx3.test A 192.0.2.3
  mx4.test A 192.0.2.4
  mx5.test A 192.0.2.5
HOST mx1 192.0.2.1
  silent
HOST mx2 192.0.2.2
  silent
HOST mx3 192.0.2.3
  silent
HOST mx4 192.0.2.4
  silent
HOST mx5 192.0.2.5
  silent
MAIL a@example.org
TIME +16m
TRACE
  +0:00 queued a@example.org 250
  +0:15 deferred a@example.org 4.4.2 mx1.test *; mx2.test *; mx3.test *; mx4.test: not tried any more; *
COUNT mx1 dials=1
COUNT mx2 dials=1
COUNT mx3 dials=1
COUNT mx4 dials=0
