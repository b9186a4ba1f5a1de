# COMPRESS=DEFLATE.                                                RFC 4978
PORT imaps
S* \* OK .*
C: a1 COMPRESS DEFLATE
S~ a1 BAD .*
LOGIN alice
CLEAR alice
APPEND alice INBOX
| Subject: \(and so on and on *100)
|
| \(many words that come again and again; *3000)
C: a2 CAPABILITY
S~ \* CAPABILITY .*\bCOMPRESS=DEFLATE\b.*
S~ a2 OK .*
C: a3 COMPRESS GZIP
S~ a3 NO .*
# What follows before the answer is compressed or not: nobody knows.
PIPE
C: a4 COMPRESS DEFLATE
C: a5 NOOP
S~ a4 BAD .*
S~ a5 OK .*
C: a6 COMPRESS deflate
S~ a6 OK .*
DEFLATE
C: a7 SELECT INBOX
S* \* 1 EXISTS
S* a7 OK .*
C: a8 COMPRESS DEFLATE
S~ a8 NO \[COMPRESSIONACTIVE\] .*
PIPE
C: a9 FETCH 1 BODY.PEEK[HEADER]
C: a10 FETCH 1 RFC822.SIZE
S: * 1 FETCH (BODY[HEADER] {1713}
S~ Subject: and so on .*
S* a10 OK .*
C: a11 IDLE
S~ \+ .*
MAIL alice another one
S: * 2 EXISTS
S: * 2 RECENT
C: DONE
S~ a11 OK .*
C: a12 LOGOUT
S~ \* BYE .*
S~ a12 OK .*
CLOSED
# What is no deflate ends the connection.
CONN b
S* \* OK .*
LOGIN alice
C: b1 COMPRESS DEFLATE
S~ b1 OK .*
RAW \x07\x07\x07\x07
CLOSED
