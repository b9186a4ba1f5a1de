# One connection for many messages: kept for a few seconds for the next, then
# ended with QUIT.                                            RFC 5321 4.5.4.1
CONFIG
  relay { per-destination = 1 }
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
MAIL a@example.org times=50
COUNT mx1 dials=1 messages=50 quits=0
TIME +1s
MAIL b@example.org times=10
COUNT mx1 dials=1 messages=60 quits=0
TIME +6s
COUNT mx1 quits=1
MAIL c@example.org
COUNT mx1 dials=2 messages=61
TIME +6s

# A new one after a hundred.
MAIL d@example.org times=250
COUNT mx1 dials=5 messages=311
TIME +6s
QUEUE

# The server lets go of it: the message goes over another.        RFC 5321 3.8
HOST mx1
  most 3
MAIL e@example.org times=20
COUNT mx1 dials=12 messages=331
QUEUE
