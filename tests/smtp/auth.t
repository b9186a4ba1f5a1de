# AUTH, only inside TLS.                                        RFC 4954
PORT submission
S* 220 .*
C: EHLO client.example.net
S* 250 .*
# In clear: 538 for a mechanism that shows the password.
C: AUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdABwb3N0ZXJuLWRlbW8=
S~ 538 5\.7\.11 .*
C: AUTH LOGIN
S~ 538 5\.7\.11 .*
C: MAIL FROM:<alice@example.test>
S~ 530 5\.7\.0 .*
C: STARTTLS
S~ 220 .*
TLS
C: EHLO client.example.net
S* 250[- ]AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN
C: NOOP
S* 250 2\.0\.0 .*
C: MAIL FROM:<alice@example.test>
S~ 530 5\.7\.0 .*
C: AUTH
S~ 501 5\.5\.4 .*
C: AUTH GUESS
S~ 504 5\.5\.4 .*
C: AUTH PLAIN !!!
S~ 501 5\.5\.2 .*
C: AUTH PLAIN =
S~ 501 5\.5\.2 .*|535 5\.7\.8 .*
# The challenge is empty; "*" takes it back.
C: AUTH PLAIN
S: 334 
C: *
S~ 501 5\.[07]\.0 .*
# A wrong password, a wrong name: the same answer.
C: AUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdAB3cm9uZw==
S~ 535 5\.7\.8 (?P<no>.*)
C: AUTH PLAIN AG5vYm9keUBleGFtcGxlLnRlc3QAd3Jvbmc=
S: 535 5.7.8 ${no}
# To act for somebody else is not allowed.                RFC 4616 2
C: AUTH PLAIN Ym9iQGV4YW1wbGUudGVzdABhbGljZUBleGFtcGxlLnRlc3QAcG9zdGVybi1kZW1v
S~ 535 5\.7\.8 .*
C: AUTH PLAIN
S: 334 
C: AGFsaWNlQGV4YW1wbGUudGVzdABwb3N0ZXJuLWRlbW8=
S~ 235 2\.7\.0 .*
# Once is enough.                                                    4
C: AUTH PLAIN AGFsaWNlQGV4YW1wbGUudGVzdABwb3N0ZXJuLWRlbW8=
S~ 503 5\.5\.1 .*
C: MAIL FROM:<alice@example.test>
S~ 250 .*
