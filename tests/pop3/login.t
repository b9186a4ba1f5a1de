# USER and PASS.                                              RFC 1939 7
PORT pop3s
S~ \+OK .*
C: PASS postern-demo
S~ -ERR .*
C: USER
S~ -ERR .*
C: USER nobody@example.test
S~ \+OK .*
C: PASS postern-demo
S~ -ERR \[AUTH\] .*
C: USER alice@example.test
S~ \+OK .*
C: PASS
S~ -ERR .*
C: PASS wrong
S~ -ERR \[AUTH\] .*
# A password is tried once.
C: PASS postern-demo
S~ -ERR .*
C: user alice@example.test
S~ \+OK .*
# Spaces are the password's own.
C: PASS  postern-demo
S~ -ERR \[AUTH\] .*
LOGIN alice
C: USER alice@example.test
S~ -ERR .*
C: PASS postern-demo
S~ -ERR .*
C: AUTH PLAIN
S~ -ERR .*
C: STLS
S~ -ERR .*
C: QUIT
S~ \+OK .*
CLOSED
