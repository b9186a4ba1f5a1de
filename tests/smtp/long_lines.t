# Lines over 998 octets come from the world and go in unbroken, up to 64 KiB.
CLEAR alice
S* 220 .*
C: EHLO client.example.net
S* 250 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
C: Subject: long
C: 
C: \(a*999)
C: \(b*65536)
C: .
S~ 250 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
C: Subject: too long
C: 
C: \(b*65537)
C: .
S~ 550 5\.6\.0 .*
C: NOOP
S~ 250 .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a SELECT INBOX
S* \* 1 EXISTS
S* a OK .*
C: b FETCH 1 BODY.PEEK[TEXT]
S: * 1 FETCH (BODY[TEXT] {66539}
S~ a{999}
S~ b{65536}
S* b OK .*
