# By LMTP: each recipient has what is said of it.                RFC 2033 4.2
CONFIG
  route "lists.test" { protocol = lmtp host = "mx1.lists.test" port = 24 }
DNS
  mx1.lists.test A 127.0.0.5
# It is no public address, and a route by LMTP may lead there.
HOST mx1 127.0.0.5:24
  S: 220 lists LMTP
  C: LHLO relay.example.test
  S: 250-lists
  S: 250-PIPELINING
  S: 250 ENHANCEDSTATUSCODES
  C: MAIL FROM:<alice@example.test>
  C: RCPT TO:<a@lists.test>
  C: RCPT TO:<b@lists.test>
  C: RCPT TO:<c@lists.test>
  C: RCPT TO:<d@lists.test>
  C: DATA
  S: 250 2.1.0 Ok
  S: 250 2.1.5 Ok
  S: 550 5.1.1 no such list
  S: 250 2.1.5 Ok
  S: 250 2.1.5 Ok
  S: 354 go
  C: Subject: hello
  C:
  C: Hello
  C: .
  S: 250 2.0.0 a has it
  S: 452 4.2.2 c is full
  S: 550 5.7.1 d wants none
  C: QUIT
MAIL a@lists.test b@lists.test c@lists.test d@lists.test
TRACE
  * queued a@lists.test 250
  * queued b@lists.test 250
  * queued c@lists.test 250
  * queued d@lists.test 250
  * delivered a@lists.test 250 2.0.0 a has it; *
  * failed b@lists.test 550 5.1.1 no such list; *
  * failed d@lists.test 550 5.7.1 d wants none; *
  * deferred c@lists.test 452 4.2.2 c is full; *
  * stored alice@example.test 250
  * reported *
  * reported *
# The report is of those two.
INBOX 1
  Final-Recipient: rfc822; b@lists.test
  Final-Recipient: rfc822; d@lists.test
# And then the connection goes between two answers: who was answered has it, the
# others come again.                                                       5
HOST mx1
  S: 220 lists LMTP
  C: LHLO relay.example.test
  S: 250 lists
  C: MAIL FROM:<alice@example.test>
  S: 250 Ok
  C: RCPT TO:<c@lists.test>
  S: 250 Ok
  C: DATA
  S: 354 go
  C: Subject: hello
  C:
  C: Hello
  C: .
  S: 250 c has it now
  C: QUIT
TIME +6m
TRACE
  * delivered c@lists.test 250 *
QUEUE
