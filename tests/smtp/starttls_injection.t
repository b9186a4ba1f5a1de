# What stands behind STARTTLS in the same packet was not said inside TLS, so
# it was never said.                                         RFC 3207 4.2
S* 220 .*
C: EHLO client.example.net
S* 250 .*
PIPE
C: STARTTLS
C: MAIL FROM:<evil@example.net>
C: RCPT TO:<alice@example.test>
S~ 220 .*
TLS
NONE .*
C: EHLO client.example.net
S* 250 .*
C: RCPT TO:<alice@example.test>
S~ 503 .*
