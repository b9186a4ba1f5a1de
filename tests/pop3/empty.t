PORT pop3s
S~ \+OK .*
LOGIN alice
C: STAT
S: +OK 0 0
C: LIST
S~ \+OK .*
S: .
C: UIDL
S~ \+OK .*
S: .
C: RETR 1
S~ -ERR .*
C: QUIT
S~ \+OK .*
CLOSED
