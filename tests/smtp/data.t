# DATA.                                                   RFC 5321 4.1.1.4
S* 220 .*
C: DATA
S~ 503 5\.5\.1 .*
C: EHLO client.example.net
S* 250 .*
C: DATA
S~ 503 5\.5\.1 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: DATA
S~ 50[0-9] .*|55[0-9] .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: DATA now
S~ 501 .*
C: DATA
S~ 354 .*
C: Subject: several
C: 
C: One
C: .
S~ 250 2\.0\.0 .*
# Many messages on a connection.
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
# Nothing at all is a message too.
C: .
S~ 250 .*
C: MAIL FROM:<>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
# No header field anywhere; commands inside are text.
C: QUIT
C: RSET
C: MAIL FROM:<b@example.net>
C: .
S~ 250 .*
C: QUIT
S~ 221 .*
CLOSED
