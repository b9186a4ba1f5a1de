# CLOSE expunges and says nothing of it.                   RFC 3501 6.4.2
APPEND alice INBOX (\Deleted)
| Subject: one
|
APPEND alice INBOX
| Subject: two
|
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 EXAMINE INBOX
S* a1 OK .*
C: a2 CLOSE
S~ a2 OK .*
C: a3 STATUS INBOX (MESSAGES)
S~ \* STATUS "?INBOX"? \(MESSAGES 2\)
S~ a3 OK .*
C: a4 SELECT INBOX
S* a4 OK .*
C: a5 CLOSE
S~ a5 OK .*
C: a6 STATUS INBOX (MESSAGES)
S~ \* STATUS "?INBOX"? \(MESSAGES 1\)
S~ a6 OK .*
C: a7 CLOSE
S~ a7 (BAD|NO) .*
