# Due times are the wall's, and that jumps.
CONFIG
  queue { retry-min = 5m retry-max = 1h delay-notice = 4h give-up = 5d }
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  mail 451 4.3.0 not now
MAIL a@example.org
TRACE
  +0:00 queued a@example.org 250
  +0:00 deferred a@example.org 451 *

# A day back: nobody waits for that day, and new mail leaves at once.
CLOCK -1d
TIME +1m
HOST mx2 192.0.2.2
MAIL b@example.org
TIME +8m
COUNT mx1 messages=0
TRACE
  -23:5* queued b@example.org 250
  *
  *
  *
  *
