# Nobody takes it. It is returned only if all said so for good; one that may
# take it another time is reason enough to try again.            RFC 5321 5.1
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  greeting 554 5.3.2 no mail
HOST mx2 192.0.2.2
  greeting 554 5.3.2 no mail
MAIL a@example.org notify=never
TRACE
  +0:00 queued a@example.org 250
  +0:00 failed a@example.org 554 5.3.2 mx1.example.org [192.0.2.1]: 554 no mail; mx2.example.org [192.0.2.2]: 554 no mail; *
HOST mx2
  greeting 450 4.3.2 busy
MAIL b@example.org
TRACE
  +0:00 queued b@example.org 250
  +0:00 deferred b@example.org 450 4.3.2 mx1.*: 554 no mail; mx2.*: 450 busy; *

# Somebody answered, so other mail to this domain does not wait.
HOST mx2
MAIL c@example.org
TRACE
  +0:00 queued c@example.org 250
  +0:00 delivered c@example.org 250 *

# What one says to all does not count where the other loses every text: it
# might have taken those whose turn never came.
HOST mx2
  lose every
MAIL d@example.org times=10
TIME +10s
QUEUE
  b@example.org waits 1 450 4.3.2 *
  d@example.org waits 1 0 4.* *
  d@example.org waits 1 0 4.* *
  d@example.org waits 1 0 4.* *
  d@example.org waits 1 0 4.* *
  d@example.org waits 1 0 4.* *
  d@example.org waits 1 0 4.* *
  d@example.org waits 1 0 4.* *
  d@example.org waits 1 0 4.* *
  d@example.org waits 1 0 4.* *
  d@example.org waits 1 0 4.* *
