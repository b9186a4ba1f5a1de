# A server whose every answer comes just in time holds a message up for so
# long, and not for ever; nobody is given up for it.          RFC 5321 4.5.3.2
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  pause 299s
MAIL a@example.org b@example.org
TIME +15m
TRACE
  +0:00 queued a@example.org 250
  +0:00 queued b@example.org 250
TIME +10m
TRACE
  +0:* deferred a@example.org 4.4.2 mx1.*: no answer in time after *; *
  +0:* deferred b@example.org 4.4.2 mx1.*: no answer in time after *; *
COUNT mx1 messages=0 dials=1 open=0
