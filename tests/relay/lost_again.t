# Servers that go away each time are not dialled for every message.
CONFIG
  relay { per-destination = 1 }
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  mail 421 4.3.0 going
HOST mx2 192.0.2.2
  mail 421 4.3.0 going
MAIL a@example.org times=5
TRACE
  * queued a@example.org 250
  * queued a@example.org 250
  * queued a@example.org 250
  * queued a@example.org 250
  * queued a@example.org 250
  * deferred a@example.org 421 4.*
  * deferred a@example.org 421 4.*
  * deferred a@example.org 421 4.*
  * deferred a@example.org 421 4.*
  * deferred a@example.org 421 4.*
COUNT mx1 dials=1 messages=0
COUNT mx2 dials=1 messages=0
OPERATOR drop example.org

# Nor those whose connections never outlive a text, where nobody has refused
# anything.
HOST mx1
  lose every
MAIL b@example.org times=5
TIME +1s
QUEUE
  b@example.org waits 1 0 4.4.2 *
  b@example.org waits 1 0 4.4.2 *
  b@example.org waits 1 0 4.4.2 *
  b@example.org waits 1 0 4.4.2 *
  b@example.org waits 1 0 4.4.2 *
COUNT mx1 dials=5 messages=0
