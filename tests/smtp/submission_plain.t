# Nothing but EHLO, STARTTLS, NOOP, RSET, HELP and QUIT without a login.
PORT submission
S* 220 .*
C: EHLO client.example.net
S* 250 .*
C: MAIL FROM:<alice@example.test>
S~ 530 5\.7\.0 .*
C: RCPT TO:<bob@example.test>
S~ 530 5\.7\.0 .*|503 .*
C: DATA
S~ 530 5\.7\.0 .*|503 .*
C: NOOP
S~ 250 .*
C: STARTTLS
S~ 220 .*
TLS
LOGIN alice
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: RSET
S~ 250 .*
C: QUIT
S~ 221 .*
CLOSED
