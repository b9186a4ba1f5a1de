# A host that takes few connections at once: it has half of what it had, all of
# it arrives, and the number grows again when it complains no more. On another
# host nothing of that is seen.                          RFC 5321 3.8, 4.5.4.1
CONFIG
  relay { per-destination = 12 }
  queue { retry-min = 1m retry-max = 1m }
DNS
  example.org MX 10 mx1.example.org
  other.example MX 10 mx2.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  slow 1s
  connections 3
HOST mx2 192.0.2.2
  slow 1s
MAIL a@example.org times=160
MAIL a@other.example times=400
TIME +5s
LOG
  site_slowed site=mx1.example.org host=mx1.example.org connections=2 pause=0 code=421 status=4.3.2
COUNT mx1 most-open=5
HOST mx1
  slow 1s
  connections 3
# Without a word against it, as many as there may be.
TIME +1m
COUNT mx2 messages=400 most-open=12
TIME +20m
COUNT mx1 messages=160
# Never more than four at once since, and one of these was too many.
COUNT mx1 most-open=4
QUEUE

# It takes more now: the number grows by one in half a minute.
HOST mx1
  slow 1s
MAIL a@example.org times=3000
TIME +1h
COUNT mx1 messages=3160 most-open=12
LOG
  delivered message=
QUEUE

# It says for how long: nothing is tried before.
HOST mx1
  mail 451 4.7.500 Server busy, try again in 10 minutes
MAIL later@example.org
TIME +1s
HOST mx1
TIME +8m
# (The one that it refused counts.)
COUNT mx1 messages=3161
LOG
  site_slowed site=mx1.example.org host=mx1.example.org connections=1 pause=600 code=451
QUEUE
  later@example.org waits * *it wants no mail of ours for * seconds more
TIME +5m
COUNT mx1 messages=3162
QUEUE

# What a route names is the operator's own: it has what is configured.
CONFIG
  relay { per-destination = 12 }
  route "example.org" { host = "mx1.example.org" }
HOST mx1
  slow 1s
  connections 3
MAIL b@example.org times=12
TIME +1s
HOST mx1
TIME +10m
COUNT mx1 messages=3174
