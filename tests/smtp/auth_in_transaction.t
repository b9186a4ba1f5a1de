# No AUTH inside a transaction (RFC 4954 4), and none for the world.
S* 220 .*
C: EHLO client.example.net
S* 250 .*
C: AUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdABwb3N0ZXJuLWRlbW8=
S~ 50[023] .*
C: STARTTLS
S~ 220 .*
TLS
C: EHLO client.example.net
S* 250 .*
C: AUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdABwb3N0ZXJuLWRlbW8=
S~ 50[023] .*
