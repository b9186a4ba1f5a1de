PORT pop3s
S~ \+OK .*
LOGIN alice
C: NOOP
S~ \+OK.*
C: NOOP 1
S~ -ERR .*
C: noop
S~ \+OK.*
