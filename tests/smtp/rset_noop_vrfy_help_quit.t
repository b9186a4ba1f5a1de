S* 220 .*
C: EHLO client.example.net
S* 250 .*
# RSET ends a transaction and nothing else.               RFC 5321 4.1.1.5
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RSET
S~ 250 2\.0\.0 .*
C: RCPT TO:<alice@example.test>
S~ 503 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
# NOOP, VRFY and HELP do not disturb it.
C: NOOP
S~ 250 2\.0\.0 .*
C: NOOP with words
S~ 250 .*
C: VRFY alice
S~ 252 2\.5\.2 .*
C: VRFY nobody
S~ 252 2\.5\.2 .*
C: VRFY
S~ 501 5\.5\.4 .*
C: HELP
S* 214 2\.0\.0 .*
C: HELP MAIL
S* 214 .*
C: EXPN staff
S~ 502 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
# These take no argument.
C: RSET x
S~ 501 5\.5\.4 .*
C: QUIT x
S~ 501 5\.5\.4 .*
C: QUIT
S~ 221 2\.0\.0 .*
CLOSED
