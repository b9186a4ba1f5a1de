# In chunks: an answer for each behind the last one only.        RFC 2033 4.3
S~ 220 .*
C: LHLO mx.front.test
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
# To nobody: the last one has as many answers as there are recipients.
PIPE
C: RCPT TO:<nobody@example.test>
RAW BDAT 3\r\nabc
RAW BDAT 3 LAST\r\nabc
C: NOOP
S~ 550 5\.1\.1 .*
S~ 503 5\.5\.1 .*
S~ 250 2\.0\.0 Ok
C: RSET
S~ 250 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: RCPT TO:<bob@example.test>
RAW BDAT 8\r\nSubject:
RAW BDAT 9 LAST\r\n x\r\n\r\ny\r\n
C: NOOP
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 250 2\.0\.0 8 octets received
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 2\.0\.0 Ok
# Refused in the middle: so is what comes behind it, and each hears it.
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: RCPT TO:<bob@example.test>
RAW BDAT 12\r\nSubject: \0\r\n
RAW BDAT 3\r\nx\r\n
RAW BDAT 3 LAST\r\ny\r\n
C: NOOP
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
S~ 550 5\.6\.0 .*
S~ 550 5\.6\.0 .*
S~ 550 5\.6\.0 .*
S~ 250 2\.0\.0 Ok
# That was the transaction.
C: RCPT TO:<bob@example.test>
S~ 503 5\.5\.1 .*
