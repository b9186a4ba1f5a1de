# A report of success: ours where the next server knows nothing of such
# reports, else it is that server's business.             RFC 3461 4.1, 5.2.2
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
MAIL a@example.org notify=success
TRACE
  * queued a@example.org 250
  * delivered a@example.org 250 2.0.0 taken; *
  * stored alice@example.test 250
  * reported a@example.org succeeded; the report is *
INBOX 1
  Final-Recipient: rfc822; a@example.org
  Action: relayed
TIME +6s
HOST mx1
  dsn
MAIL b@example.org notify=success
TRACE
  * queued b@example.org 250
  * delivered b@example.org 250 2.0.0 taken; *
INBOX 1
TIME +6s

# It is told what the sender asked for.
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250-DSN
  S: 250 PIPELINING
  C: MAIL FROM:<alice@example.test> RET=HDRS ENVID=QQ314159
  C: RCPT TO:<c@example.org> NOTIFY=SUCCESS,DELAY
  C: DATA
  S: 250 2.1.0 Ok
  S: 250 2.1.5 Ok
  S: 354 Go on
  C: Subject: hello
  C:
  C: Hello
  C: .
  S: 250 2.0.0 Taken
  C: QUIT
MAIL c@example.org notify=success,delay ret=headers envid=QQ314159
TIME +6s
TRACE
  * queued c@example.org 250
  * delivered c@example.org 250 2.0.0 Taken; *
INBOX 1
