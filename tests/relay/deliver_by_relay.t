# What the next server is told of BY, and who is told of that server.
#                                                            RFC 2852 4.1.4
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250 DELIVERBY
  C: MAIL FROM:<alice@example.test> BY=3600;R
  S: 451 4.3.0 later
  C: QUIT
MAIL a@example.org by=1h;R
TIME +2m
# With what is left.
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250 DELIVERBY 240,x
  C: MAIL FROM:<alice@example.test> BY=*;R
  S: 250 2.1.0 Ok
  C: RCPT TO:<a@example.org>
  S: 250 2.1.5 Ok
  C: DATA
  S: 354 go
  C: Subject: hello
  C: 
  C: Hello
  C: .
  S: 250 2.0.0 taken
TIME +58m
INBOX 0
QUEUE
# Mode R goes to nobody who does not offer it, or wants more time.   4.1.4.1
HOST mx1
  offers SIZE
MAIL b@example.org by=1h;R
TIME +1m
INBOX 1
  Final-Recipient: rfc822; b@example.org
  Action: failed
  Status: 5.3.3
  Diagnostic-Code: *does not offer DELIVERBY
HEARD mx1
HOST mx1
  offers DELIVERBY 240
MAIL c@example.org by=239s;R
TIME +1m
INBOX 2
  Final-Recipient: rfc822; c@example.org
  Status: 5.3.3
  Diagnostic-Code: *239 seconds are left, and the server wants
   240
HEARD mx1
# Mode N goes there, and its sender is told so, whatever NOTIFY says but NEVER.
HOST mx1
  offers SIZE
MAIL d@example.org by=1h;N
TIME +1m
INBOX 3
  Subject: Passed on: *
  Deliver-By-Date: *
  Final-Recipient: rfc822; d@example.org
  Action: relayed
  Status: 2.0.0
MAIL e@example.org by=1h;N notify=failure
TIME +1m
INBOX 4
  Action: relayed
MAIL f@example.org by=1h;N notify=never
MAIL g@example.org by=-1h;N
MAIL h@example.org by=1h;N report
TIME +1m
INBOX 4
# Trace tells of every server.
HOST mx1
  offers DELIVERBY
MAIL i@example.org by=1h;RT
TIME +1m
INBOX 5
  Final-Recipient: rfc822; i@example.org
  Action: relayed
MAIL j@example.org by=1h;N
TIME +1m
INBOX 5
# Who does not know BY is asked to tell of delays, and what is late says by how
# much.                                                              4.1.4.2
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250 DSN
  C: MAIL FROM:<alice@example.test>
  S: 250 2.1.0 Ok
  C: RCPT TO:<k@example.org> NOTIFY=FAILURE,DELAY
  S: 550 5.1.1 no
  C: QUIT
MAIL k@example.org by=1h;N
TIME +1m
INBOX 6
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250-DSN
  S: 250 DELIVERBY
  C: MAIL FROM:<alice@example.test> BY=-60;NT
  S: 250 2.1.0 Ok
  C: RCPT TO:<l@example.org>
  S: 550 5.1.1 no
  C: QUIT
MAIL l@example.org by=-60s;NT
TIME +1m
INBOX 7
