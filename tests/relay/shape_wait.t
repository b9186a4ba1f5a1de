# A host that says for how long it wants to be left alone: neither does anybody
# come who waits for room by then. Each domain is an assignment of its own.
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
  mail 451 4.7.500 Server busy, try again in 10 minutes
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
TIME +30s
COUNT mx1 dials=5
HOST mx1
TIME +8m
# None of those that waited for room either, though it would take them.
COUNT mx1 dials=5 messages=5
TIME +5m
COUNT mx1 messages=17
QUEUE
