# RFC 3501 7.1.1, 6.1: what may be done before a login.
S~ \* OK .*
C: a1 CAPABILITY
S~ \* CAPABILITY (?=.*\bIMAP4rev1\b)(?=.*\bSTARTTLS\b)(?=.*\bLOGINDISABLED\b).*
S~ a1 OK .*
C: a2 NOOP
S~ a2 OK .*
# Any case.
C: a3 nOoP
S~ a3 OK .*
C: a4 LOGOUT
S~ \* BYE .*
S~ a4 OK .*
CLOSED
