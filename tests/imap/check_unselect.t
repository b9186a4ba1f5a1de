# RFC 3501 6.4.1, RFC 3691: UNSELECT does not expunge.
APPEND alice INBOX (\Deleted)
| Subject: one
|
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CHECK
S~ a1 BAD .*
C: a2 UNSELECT
S~ a2 BAD .*
C: a3 SELECT INBOX
S* a3 OK .*
C: a4 CHECK
S~ a4 OK .*
C: a5 UNSELECT
S~ a5 OK .*
C: a6 STATUS INBOX (MESSAGES)
S~ \* STATUS "?INBOX"? \(MESSAGES 1\)
S~ a6 OK .*
C: a7 CHECK
S~ a7 BAD .*
