# A host that says "later" does not keep the message from the next one, in the
# same attempt: in order until one succeeds.                    RFC 5321 5.1
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  example.org MX 30 mx3.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
  mx3.example.org A 192.0.2.3
HOST mx1 192.0.2.1
  mail 452 4.3.1 full
HOST mx2 192.0.2.2
HOST mx3 192.0.2.3
MAIL a@example.org
TRACE
  +0:00 queued a@example.org 250
  +0:00 delivered a@example.org 250 2.0.0 taken; host=mx2.example.org[192.0.2.2] tls=no
LOG
  host host=mx1.example.org address=192.0.2.1 for=example.org code=452 status=4.3.1 text=full
  delivered message=

# To the text.
HOST mx1
  text 451 4.3.0 not now
MAIL b@example.org
TRACE
  +0:00 queued b@example.org 250
  +0:00 delivered b@example.org 250 2.0.0 taken; host=mx2.*
HEARD mx2
  alice@example.test>a@example.org|Subject: hello//Hello/
  alice@example.test>b@example.org|Subject: hello//Hello/

# Of some recipients; the next message begins with the best host again.
HOST mx1
  rcpt later 450 4.2.1 come back
MAIL c@example.org later@example.org d@example.org
TRACE
  +0:00 queued c@example.org 250
  +0:00 queued later@example.org 250
  +0:00 queued d@example.org 250
  +0:00 delivered c@example.org 250 2.0.0 taken; host=mx1.*
  +0:00 delivered d@example.org 250 2.0.0 taken; host=mx1.*
  +0:00 delivered later@example.org 250 2.0.0 taken; host=mx2.*
MAIL e@example.org times=2
HEARD mx1
  alice@example.test>a@example.org|
  alice@example.test>b@example.org|Subject: hello//Hello/
  alice@example.test>c@example.org,d@example.org|Subject: hello//Hello/
  alice@example.test>e@example.org|Subject: hello//Hello/
  alice@example.test>e@example.org|Subject: hello//Hello/
HEARD mx2
  alice@example.test>later@example.org|Subject: hello//Hello/
TRACE
  +0:00 queued e@example.org 250
  +0:00 queued e@example.org 250
  +0:00 delivered e@example.org 250 2.0.0 taken; host=mx1.*
  +0:00 delivered e@example.org 250 2.0.0 taken; host=mx1.*

# Nobody takes it: what the best host said is the result, also where another
# one would refuse it for good.
HOST mx2
  rcpt later 550 5.7.1 not here
HOST mx3
  rcpt later 451 4.7.1 nor here
MAIL later@example.org
TRACE
  +0:00 queued later@example.org 250
  +0:00 deferred later@example.org 450 4.2.1 come back; host=mx1.example.org[192.0.2.1] tls=no; next attempt at *
OPERATOR drop example.org
TRACE
  +0:00 dropped later@example.org

# Nobody else is there.
TIME +10s
HOST mx2
  down
HOST mx3
  down
MAIL later@example.org
TRACE
  +0:00 queued later@example.org 250
  +0:00 deferred later@example.org 450 4.2.1 come back; host=mx1.example.org[192.0.2.1] tls=no; next attempt at *
OPERATOR drop example.org
TRACE
  +0:00 dropped later@example.org

TIME +1h

# The next one may have taken it: then nobody else is asked.
HOST mx2
  lose every
HOST mx3
MAIL later@example.org
TRACE
  +1:00 queued later@example.org 250
  +1:00 deferred later@example.org 4.4.2 *; host=mx2.example.org[192.0.2.2] tls=no; next attempt at *
COUNT mx3 messages=0
