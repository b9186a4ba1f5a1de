# What stands behind STARTTLS in the same packet never was said.
S~ \* OK .*
PIPE
C: a1 STARTTLS
C: a2 CAPABILITY
C: a3 LOGOUT
S~ a1 OK .*
TLS
NONE .*
C: a4 NOOP
S~ a4 OK .*
