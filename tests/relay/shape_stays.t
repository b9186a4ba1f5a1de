# A host that refuses for now and stays: those that are open and idle make room
# for nobody beyond what it may have, and the next one takes one of them. Each
# domain is an assignment of its own.                             RFC 5321 3.8
CONFIG
  relay { per-destination = 12 }
  queue { retry-min = 1m retry-max = 1m }
DNS
  mx1.example.org A 192.0.2.1
  d1.example MX 10 mx1.example.org
  d2.example MX 10 mx1.example.org
  d3.example MX 10 mx1.example.org
  d4.example MX 10 mx1.example.org
  d5.example MX 10 mx1.example.org
  d6.example MX 10 mx1.example.org
  d7.example MX 10 mx1.example.org
  d8.example MX 10 mx1.example.org
  d9.example MX 10 mx1.example.org
  d10.example MX 10 mx1.example.org
  d11.example MX 10 mx1.example.org
  d12.example MX 10 mx1.example.org
HOST mx1 192.0.2.1
  pause 1s
  mail 451 4.7.28 rate limit
MAIL a@d1.example
MAIL a@d2.example
MAIL a@d3.example
MAIL a@d4.example
MAIL a@d5.example
MAIL a@d6.example
MAIL a@d7.example
MAIL a@d8.example
MAIL a@d9.example
MAIL a@d10.example
MAIL a@d11.example
MAIL a@d12.example
TIME +11s
LOG
  site_slowed site=mx1.example.org host=mx1.example.org connections=2 pause=0 code=451
# None was dialled in the place of one that is there.
COUNT mx1 dials=5 most-open=5
HOST mx1
  pause 1s
  mail 451 4.7.28 rate limit
TIME +20s
COUNT mx1 most-open=2
HOST mx1
  pause 1s
TIME +5m
# (Those that it refused count.)
COUNT mx1 messages=24
QUEUE
