# Domains whose mail goes to one address share what may go there at a time, and
# who waits for it leaves his place to others: a slow host holds up nobody
# else's mail.
CONFIG
  relay { connections = 5 per-destination = 2 }
DNS
  d0.example MX 10 slow.example
  d1.example MX 10 slow.example
  d2.example MX 10 slow.example
  d3.example MX 10 slow.example
  d4.example MX 10 slow.example
  d5.example MX 10 slow.example
  example.org MX 10 mx1.example.org
  slow.example A 192.0.2.9
  mx1.example.org A 192.0.2.1
HOST slow 192.0.2.9
  pause 1m
HOST mx1 192.0.2.1
MAIL a@d0.example times=2
MAIL a@d1.example times=2
MAIL a@d2.example times=2
MAIL a@d3.example times=2
MAIL a@d4.example times=2
MAIL a@d5.example times=2
TIME +1s
MAIL b@example.org
TIME +2s
COUNT mx1 messages=1
COUNT slow most-open=2
# It takes its time, and then all of it is there.
TIME +3h
COUNT slow messages=12
QUEUE
