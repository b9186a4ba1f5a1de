# RFC 2449 6.6: each in turn, whatever comes in one piece.
PORT pop3s
MAIL alice one
MAIL alice two
S~ \+OK .*
PIPE
C: USER alice@example.test
C: PASS postern-demo
C: STAT
C: UIDL
C: TOP 2 0
C: DELE 1
C: NONSENSE
C: LIST 1
C: QUIT
S~ \+OK .*
S~ \+OK .*
S~ \+OK 2 \d+
S~ \+OK .*
S~ 1 .*
S~ 2 .*
S: .
S~ \+OK .*
S* Subject: two
S* \.
S~ \+OK .*
S~ -ERR .*
S~ -ERR .*
S~ \+OK .*
CLOSED
CONN b
S~ \+OK .*
LOGIN alice
C: STAT
S~ \+OK 1 \d+
