# RFC 2449 5 and 6; what depends on TLS is in stls.t.
PORT pop3s
S~ \+OK .*
C: CAPA
S~ \+OK .*
S{
S: TOP
S: USER
S: UIDL
S: SASL PLAIN
S: PIPELINING
S: RESP-CODES
S: AUTH-RESP-CODE
S: UTF8
S: LANG
S: EXPIRE NEVER
S~ IMPLEMENTATION Postern.*
S: .
}
C: CAPA all
S~ -ERR .*
LOGIN alice
# What was announced before the login still is.                2449 5
C: CAPA
S~ \+OK .*
S{
S: TOP
S: USER
S: UIDL
S: SASL PLAIN
S: PIPELINING
S: RESP-CODES
S: AUTH-RESP-CODE
S: UTF8
S: LANG
S: EXPIRE NEVER
S~ IMPLEMENTATION Postern.*
S: .
}
