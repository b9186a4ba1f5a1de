# RFC 1939 7.
PORT pop3s
APPEND alice INBOX
| Subject: top
| X-Folded: 1
|  2
|
| .one
| two
|
| four
APPEND alice INBOX
| Subject: no body
S~ \+OK .*
LOGIN alice
C: TOP 1 0
S~ \+OK .*
S: Subject: top
S: X-Folded: 1
S:  2
S:
S: .
C: TOP 1 3
S~ \+OK .*
S: Subject: top
S: X-Folded: 1
S:  2
S:
S: ..one
S: two
S:
S: .
C: TOP 1 4294967295
S* four
S: .
C: TOP 2 5
S~ \+OK .*
S: Subject: no body
S: .
C: TOP 1
S~ -ERR .*
C: TOP 1 -1
S~ -ERR .*
C: TOP 1 4294967296
S~ -ERR .*
C: TOP 3 0
S~ -ERR .*
C: DELE 1
S~ \+OK .*
C: TOP 1 0
S~ -ERR .*
