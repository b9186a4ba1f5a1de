# No password in clear, and how it gets out of it.       RFC 2595 4, 2449 6
S~ \+OK .*
C: CAPA
S~ \+OK .*
S{
S: STLS
S: TOP
S: UIDL
S: PIPELINING
S: RESP-CODES
S: AUTH-RESP-CODE
S: UTF8
S: LANG
S: EXPIRE NEVER
S~ IMPLEMENTATION .*
S: .
}
C: USER alice@example.test
S~ -ERR .*
C: PASS postern-demo
S~ -ERR .*
C: AUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdABwb3N0ZXJuLWRlbW8=
S~ -ERR .*
C: AUTH
S~ -ERR .*
C: STLS now
S~ -ERR .*
C: STLS
S~ \+OK .*
TLS
C: CAPA
S* USER
S* SASL PLAIN SCRAM-SHA-256 SCRAM-SHA-1
S* \.
C: STLS
S~ -ERR .*
LOGIN alice
C: STAT
S: +OK 0 0
