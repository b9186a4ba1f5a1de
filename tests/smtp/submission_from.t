# Whom a submission says it is from is whom it may be from.   RFC 6409 6.1
CLEAR bob
PORT submissions
S~ 220 .*
LOGIN alice
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: Bob <bob@example.test>
C: Subject: forged
C: 
C: Hello
C: .
S~ 553 5\.7\.1 .*bob@example\.test.*
# One of several.
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: bob@example.test, alice@example.test
C: 
C: Hello
C: .
S~ 553 5\.7\.1 .*
# Somebody of another house.
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: "alice@example.test" <president@example.org>
C: .
S~ 553 5\.7\.1 .*
# Who hands it in.
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: alice@example.test
C: Sender: bob@example.test
C: 
C: .
S~ 553 5\.7\.1 .*
# Exactly one.                                           RFC 5322 3.6
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: alice@example.test
C: from: alice@example.test
C: 
C: .
S~ 550 5\.6\.0 .*
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: Alice
C: 
C: .
S~ 550 5\.6\.0 .*
# One's own in every way to write it.
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: "Bob, no <bob@example.test>" <Alice+tag@EXAMPLE.test>,
C:  alice@example.test
C: 
C: Hello
C: .
S~ 250 .*
# Without any it gets one.
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: second
C: 
C: Hello
C: .
S~ 250 .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN bob
C: a SELECT INBOX
S* \* 2 EXISTS
S* a OK .*
C: b FETCH 1 BODY.PEEK[HEADER.FIELDS (Sender)]
S~ \* 1 FETCH .*
S: Sender: <alice@example.test>
S* b OK .*
C: c FETCH 2 BODY.PEEK[HEADER.FIELDS (From Sender)]
S~ \* 2 FETCH .*
S: From: <alice@example.test>
NONE Sender.*
