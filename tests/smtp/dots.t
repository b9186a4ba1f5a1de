# Dot-stuffing comes off, and only that.                    RFC 5321 4.5.2
CLEAR alice
S* 220 .*
C: EHLO client.example.net
S* 250 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
C: Subject: dots
C: 
C: ..
C: ...
C: .. .
C: .a
C: a.
C: a..
C: 
C: .
S~ 250 .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1 BODY.PEEK[TEXT]
S~ \* 1 FETCH \(BODY\[TEXT\] \{\d+\}
S: .
S: ..
S: . .
S: a
S: a.
S: a..
S: 
S* b OK .*
