# RFC 5034.
PORT pop3s
S~ \+OK .*
C: AUTH GUESS
S~ -ERR .*
C: AUTH PLAIN
S: + 
C: *
S~ -ERR .*
C: AUTH PLAIN
S: + 
C: not base64!
S~ -ERR .*
C: AUTH PLAIN AAA=BBB
S~ -ERR .*
C: AUTH PLAIN =
S~ -ERR \[AUTH\] .*
C: AUTH PLAIN YQ==
S~ -ERR \[AUTH\] .*
# To act for somebody else: "a" NUL "b" NUL "c".
C: AUTH PLAIN YQBiAGM=
S~ -ERR \[AUTH\] .*
C: AUTH PLAIN
S: + 
C: \(x*5000)
S~ -ERR .*
# What there is, by custom.
C: AUTH
S~ \+OK .*
S: SCRAM-SHA-256
S: SCRAM-SHA-1
S: PLAIN
S: .
C: AUTH plain
S: + 
C: AGFsaWNlQGV4YW1wbGUudGVzdABwb3N0ZXJuLWRlbW8=
S~ \+OK .*
C: STAT
S: +OK 0 0
CONN b
S~ \+OK .*
C: AUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdABwb3N0ZXJuLWRlbW8=
S~ \+OK .*
C: AUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdABwb3N0ZXJuLWRlbW8=
S~ -ERR .*
