# A clock that jumps ahead makes nobody old: no notice of a delay, and nobody is
# given up, before that much time has passed.
CONFIG
  queue { retry-min = 5m retry-max = 1h delay-notice = 4h give-up = 5d }
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  text 451 4.3.0 not now
MAIL a@example.org
TIME +1h
CLOCK +30d
TIME +1h
LOG
  clock_jumped s=2592
INBOX 0
QUEUE
  a@example.org waits * 451 4.3.0 *
TIME +3h
INBOX 1
  Action: delayed
QUEUE
  a@example.org waits * 451 4.3.0 *
TIME +5d
INBOX 2
  Action: failed
QUEUE

# A store that is started anew remembers it.
HOST mx1
  text 451 4.3.0 not now
MAIL b@example.org
TIME +1h
CLOCK +30d
TIME +30m
RESTART
TIME +30m
RESTART
TIME +1h
INBOX 2
QUEUE
  b@example.org waits * 451 4.3.0 *
TIME +2h
INBOX 3
  Action: delayed
CLOCK -30d
RESTART
TIME +4d
QUEUE
  b@example.org waits * 451 4.3.0 *
TIME +1d
INBOX 4
  Action: failed
QUEUE
