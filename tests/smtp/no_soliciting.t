# Classes of solicitation are carried on, and refused only where the operator
# says so (tests/test_no_soliciting.py).                            RFC 3865
S~ 220 .*
C: EHLO client.example.net
S* 250[- ]NO-SOLICITING
S* 250 .*
C: MAIL FROM:<a@example.net> SOLICIT=net.example:ADV,org.example:ADV:ADLT
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: a@example.net
C: Solicitation: net.example:ADV
C:
C: text
C: .
S~ 250 .*
# It is a list of words, once, and not over 1000 octets.             2.2
C: MAIL FROM:<a@example.net> SOLICIT=\(x*1000)
S~ 250 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<a@example.net> SOLICIT=\(x*1001)
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> SOLICIT=
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> SOLICIT
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> SOLICIT=a,,b
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> SOLICIT=1a
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> SOLICIT=a SOLICIT=b
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> solicit=a
S~ 250 .*
