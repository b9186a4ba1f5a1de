# What senders here may ask of reports.                       RFC 3461 4
CLEAR bob
PORT submissions
S~ 220 .*
C: EHLO client.example.test
S* 250-DSN
S* 250 .*
LOGIN alice
# 4.5: each parameter once; a wrong value is 501.
C: MAIL FROM:<alice@example.test> RET=FULL RET=FULL
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> ENVID=a ENVID=a
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> RET=SOME
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> RET
S~ 501 5\.5\.4 .*
# Only what is printable in the end.                                4.4
C: MAIL FROM:<alice@example.test> ENVID=a+0D+0ABcc:+20x
S~ 501 5\.5\.4 .*
# These are of RCPT.
C: MAIL FROM:<alice@example.test> NOTIFY=NEVER
S~ 555 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> ret=Hdrs envid=QQ314159+2B
S~ 250 .*
C: RCPT TO:<bob@example.test> NOTIFY=NEVER,SUCCESS
S~ 501 5\.5\.4 .*
C: RCPT TO:<bob@example.test> NOTIFY=SUCCESS NOTIFY=SUCCESS
S~ 501 5\.5\.4 .*
C: RCPT TO:<bob@example.test> NOTIFY=sometimes
S~ 501 5\.5\.4 .*
C: RCPT TO:<bob@example.test> NOTIFY
S~ 501 5\.5\.4 .*
C: RCPT TO:<bob@example.test> ORCPT=bob@example.test
S~ 501 5\.5\.4 .*
C: RCPT TO:<bob@example.test> ORCPT=rfc822;bob+0A@example.test
S~ 501 5\.5\.4 .*
C: RCPT TO:<bob@example.test> RET=FULL
S~ 555 5\.5\.4 .*
C: RCPT TO:<bob@example.test> NOTIFY=never ORCPT=rfc822;bob@example.test
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: with DSN
C: 
C: Hello
C: .
S~ 250 2\.0\.0 .*
