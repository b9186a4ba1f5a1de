# RFC 1939 3: -ERR to what is unknown, malformed, or not for now.
PORT pop3s
S~ \+OK .*
C: STAT
S~ -ERR .*
C: LIST
S~ -ERR .*
C: UIDL 1
S~ -ERR .*
C: RETR 1
S~ -ERR .*
C: TOP 1 0
S~ -ERR .*
C: DELE 1
S~ -ERR .*
C: RSET
S~ -ERR .*
C: NOOP
S~ -ERR .*
C: FROB
S~ -ERR .*
C:
S~ -ERR .*
C:  QUIT
S~ -ERR .*
C: +OK
S~ -ERR .*
C: QUIT now
S~ -ERR .*
# Upper or lower case; LF alone does as well (people type with nc).
RAW quit\n
S~ \+OK .*
CLOSED
