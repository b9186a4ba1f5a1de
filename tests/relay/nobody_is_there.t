# No host can be reached: all mail to the domain waits, and the hosts are left
# alone for a minute, whoever has mail for them.
CONFIG
  queue { retry-min = 5m }
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  two.example MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  down
HOST mx2 192.0.2.2
  down
MAIL a@example.org
TRACE
  +0:00 queued a@example.org 250
  +0:00 deferred a@example.org 4.4.1 mx1.example.org [192.0.2.1]: connect to *; mx2.example.org [192.0.2.2]: connect to *; next attempt at *
MAIL b@example.org
MAIL c@two.example
TRACE
  +0:00 queued b@example.org 250
  +0:00 queued c@two.example 250
  +0:00 deferred c@two.example 4.4.1 mx1.example.org [192.0.2.1]: not tried again so soon: connect to *: refused; *
COUNT mx1 dials=1
HOST mx1
TIME +1m
MAIL d@two.example
OPERATOR retry two.example
TRACE
  +0:01 queued d@two.example 250
  +0:01 retried c@two.example
  +0:01 retried d@two.example
  +0:01 delivered d@two.example 250 *
  +0:01 delivered c@two.example 250 *
COUNT mx1 dials=2

# When the domain's turn comes again everything that waited goes.
TIME +10m
TRACE
  * delivered *@example.org 250 *
  * delivered *@example.org 250 *
QUEUE
