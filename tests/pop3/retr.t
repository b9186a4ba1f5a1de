# RFC 1939 3 and 5: every octet, dots doubled, and a line that is a dot.
PORT pop3s
APPEND alice INBOX
| Subject: dots
|
| .
| ..two
| a.b
|
| .end
S~ \+OK .*
LOGIN alice
C: LIST 1
S: +OK 1 ${size}
C: RETR 1
S: +OK ${size} octets
S: Subject: dots
S:
S: ..
S: ...two
S: a.b
S:
S: ..end
S: .
C: RETR 2
S~ -ERR .*
C: RETR
S~ -ERR .*
C: RETR one
S~ -ERR .*
C: DELE 1
S~ \+OK .*
C: RETR 1
S~ -ERR .*
