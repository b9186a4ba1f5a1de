# Due times are the wall's, and that jumps. A day back: nobody waits for that
# day, and new mail leaves at once.
CONFIG
  queue { retry-min = 5m retry-max = 1h delay-notice = 4h give-up = 5d }
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
  down.example MX 10 mx2.example.org
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  text 451 4.3.0 not now
HOST mx2 192.0.2.2
  down
MAIL d@down.example
MAIL a@example.org
TRACE
  +0:00 queued d@down.example 250
  +0:00 queued a@example.org 250
  +0:00 deferred d@down.example *
  +0:00 deferred a@example.org 451 *
HOST mx1
HOST mx2
CLOCK -1d
MAIL b@example.org
TIME +1m
LOG
  clock_jumped s=-86
QUEUE
  d@down.example waits *
TRACE
  -23:59 queued b@example.org 250
  -23:* delivered * 250 *
  -23:* delivered * 250 *
TIME +16m
QUEUE
COUNT mx2 messages=1
