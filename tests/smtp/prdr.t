# An answer for each recipient, and one for all.              draft-hall-prdr
CLEAR alice
CLEAR bob
S~ 220 .*
C: HELO client.example.net
S~ 250 .*
C: EHLO client.example.net
S* 250-PRDR
S* 250 .*
C: MAIL FROM:<a@example.net> PRDR=1
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> PRDR PRDR
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> PRDR
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: RCPT TO:<nobody@example.test>
S~ 550 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
RAW Subject: x\r\n\r\ny\r\n.\r\nNOOP\r\n
S: 353 An answer for each recipient follows
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 2\.0\.0 Ok
# By chunks too.
PIPE
C: MAIL FROM:<a@example.net> PRDR
C: RCPT TO:<alice@example.test>
RAW BDAT 12\r\nSubject: x\r\n
RAW BDAT 5 LAST\r\n\r\ny\r\n
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 353 .*
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 2\.0\.0 Ok: queued as .*
# What is no message has one answer.
PIPE
C: MAIL FROM:<a@example.net> PRDR
C: RCPT TO:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: DATA
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 354 .*
RAW Subject: bare\r\n\r\na\nb\r\n.\r\nNOOP\r\n
S~ 550 5\.6\.0 .*
S~ 250 2\.0\.0 Ok
# Who does not ask has one.
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: DATA
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 354 .*
RAW Subject: x\r\n\r\ny\r\n.\r\nNOOP\r\n
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 2\.0\.0 Ok
# People who submit are offered none.
CONN s
PORT submissions
S~ 220 .*
LOGIN alice
C: MAIL FROM:<alice@example.test> PRDR
S~ 555 5\.5\.4 .*
