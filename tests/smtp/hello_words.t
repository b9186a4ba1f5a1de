# What EHLO says is in the trace, in a comment that it cannot end.
CLEAR bob
S* 220 .*
C: EHLO evil) by other.example (with \xc3\xbc
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: hello
C: 
C: Hello
C: .
S~ 250 .*
# On submission too.
CONN user
PORT submissions
S* 220 .*
LOGIN alice
C: EHLO my (old) \xd0\x9f\xd0\x9a
S* 250 .*
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: alice@example.test
C: 
C: Hello
C: .
S~ 250 .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN bob
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1 BODY.PEEK[HEADER.FIELDS (Received)]
S~ \* 1 FETCH .*
S~ Received: from \[127\.0\.0\.1\] \(\[127\.0\.0\.1\]\)
S: 	(helo evil%29 by other.example %28with %C3%BC)
S* b OK .*
C: c FETCH 2 BODY.PEEK[HEADER.FIELDS (Received)]
S~ \* 2 FETCH .*
S~ Received: from \[127\.0\.0\.1\] \(\[127\.0\.0\.1\]\)
S: 	(helo my %28old%29 %D0%9F%D0%9A)
