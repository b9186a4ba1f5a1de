# A server need not take more than a hundred recipients of one message, and
# says 452 where it wants fewer: the others go next, in order, over the same
# connection.                                   RFC 5321 4.5.3.1.8, 4.5.3.1.10
DNS
  example.org A 192.0.2.1
HOST mx 192.0.2.1
  rcpts 2
  rcpt no 550 5.1.1 nobody of that name
MAIL a@example.org b@example.org c@example.org d@example.org no@example.org notify=never
HEARD mx
  alice@example.test>a@example.org,b@example.org|Subject: hello//Hello/
  alice@example.test>c@example.org,d@example.org|Subject: hello//Hello/
TRACE
  * queued a@example.org 250
  * queued b@example.org 250
  * queued c@example.org 250
  * queued d@example.org 250
  * queued no@example.org 250
  * delivered a@example.org 250 *
  * delivered b@example.org 250 *
  * failed no@example.org 550 5.1.1 *
  * delivered c@example.org 250 *
  * delivered d@example.org 250 *
COUNT mx dials=1 messages=2
TIME +6s
HOST mx
MAIL r#250@example.org
COUNT mx dials=2 messages=5
QUEUE
