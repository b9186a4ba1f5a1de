# What was moved away by somebody else, and is copied by who was not told: it has
# the flags that it has where it is.                          RFC 3501 6.4.7
APPEND alice INBOX
| Subject: one
|
| one
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT INBOX
S* b1 OK .*
C: b2 MOVE 1 Archive
S* b2 OK .*
C: b3 SELECT Archive
S* b3 OK .*
C: b4 STORE 1 +FLAGS.SILENT (\Flagged $Later)
S* b4 OK .*
CONN a
C: a2 COPY 1 Sent
S* a2 OK .*
CONN b
C: b5 SELECT Sent
S* b5 OK .*
C: b6 FETCH 1 FLAGS
S~ \* 1 FETCH \(FLAGS \(\\Flagged (\\Recent )?\$Later\)\)
S~ b6 OK .*
