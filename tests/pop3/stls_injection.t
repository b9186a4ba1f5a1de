# What stands behind STLS in the same packet never was said.
S~ \+OK .*
PIPE
C: STLS
C: CAPA
C: QUIT
S~ \+OK .*
TLS
NONE .*
C: CAPA
S* \.
