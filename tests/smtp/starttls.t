# RFC 3207.
S* 220 .*
C: STARTTLS now
S~ 501 5\.5\.4 .*
C: EHLO client.example.net
S* 250 .*
# Not inside a transaction: nothing asks for it, and what the envelope said
# would have to be forgotten.
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: STARTTLS
S~ 503 .*
C: RSET
S~ 250 .*
C: STARTTLS
S~ 220 2\.0\.0 .*
TLS
# 4.2: all that was known is forgotten; EHLO first.
C: MAIL FROM:<a@example.net>
S~ 503 .*
C: EHLO client.example.net
S* 250 .*
NONE 250.STARTTLS
C: STARTTLS
S~ 50[0-9] .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: secret
C: 
C: Hello
C: .
S~ 250 .*
C: QUIT
S~ 221 .*
CLOSED
