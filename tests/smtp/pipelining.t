# RFC 2920: a group in one write; one answer each, in order.
S* 220 .*
C: EHLO client.example.net
S* 250 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<nobody@example.test>
C: RCPT TO:<alice@example.test>
C: DATA
S~ 250 2\.1\.0 .*
S~ 550 5\.1\.1 .*
S~ 250 2\.1\.5 .*
S~ 354 .*
# The text, and behind its end the next group in the same write.
PIPE
C: Subject: pipelined
C: 
C: Hello
C: .
C: MAIL FROM:<a@example.net>
C: RCPT TO:<nobody@example.test>
C: DATA
C: NOOP
S~ 250 2\.0\.0 .*
S~ 250 2\.1\.0 .*
S~ 550 5\.1\.1 .*
# With no recipient left DATA must not be answered 354.          3.1
S~ 55[04] .*|503 .*
S~ 250 2\.0\.0 .*
PIPE
C: RSET
C: QUIT
S~ 250 .*
S~ 221 .*
CLOSED
