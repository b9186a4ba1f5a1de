# What promises a way by TLS is offered inside it.                    RFC 8689 2
S* 220 .*
C: EHLO client.example.net
S* 250 .*
NONE 250.REQUIRETLS
C: MAIL FROM:<a@example.net> REQUIRETLS
S~ 555 5\.5\.4 .*
C: STARTTLS
S~ 220 .*
TLS
C: EHLO client.example.net
S* 250-REQUIRETLS
S* 250 .*
# No value, and once.
C: MAIL FROM:<a@example.net> REQUIRETLS=yes
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> REQUIRETLS REQUIRETLS
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> requiretls
S~ 250 .*
C: RCPT TO:<bob@example.test> REQUIRETLS
S~ 555 5\.5\.4 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
# Ignored then: 4.1.
C: TLS-Required: No
C: Subject: by TLS alone
C: 
C: Hello
C: .
S~ 250 2\.0\.0 .*
CONN b
PORT submissions
S~ 220 .*
C: EHLO client.example.net
S* 250-REQUIRETLS
S* 250 .*
