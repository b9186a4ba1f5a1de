# As many connections to a destination at a time as are configured.
CONFIG
  relay { per-destination = 2 }
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  slow 100ms
MAIL a@example.org times=60
TIME +10s
COUNT mx1 most-open=2 messages=60
QUEUE
