# A time that passes is not the wall's, which jumps; a time of day is.
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
MAIL a@example.org for=2h
MAIL b@example.org until=2d
TIME +1h
# Ahead: it has waited no longer for that.
CLOCK +1d
TIME +30m
COUNT mx1 messages=0
TIME +31m
COUNT mx1 messages=1
HEARD mx1
  alice@example.test>a@example.org|*
MAIL c@example.org for=2h
TIME +1h
# Back: nor longer than it was to.
CLOCK -30d
TIME +30m
COUNT mx1 messages=1
TIME +31m
COUNT mx1 messages=2
HEARD mx1
  alice@example.test>c@example.org|*
# Ahead by far, so what waits for a day leaves.
CLOCK +100d
TIME +1m
HEARD mx1
  alice@example.test>b@example.org|*
# The clock was ahead when it came, before a start: not as long as that.
MAIL d@example.org for=2h
CLOCK -100d
RESTART
TIME +119m
COUNT mx1 messages=3
TIME +2m
HEARD mx1
  alice@example.test>d@example.org|*
QUEUE
