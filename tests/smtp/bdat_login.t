# Whoever has not logged in sends no chunk either, and none of it is a command.
PORT submission
S* 220 .*
C: EHLO client.example.net
S* 250[- ]CHUNKING
S* 250 .*
RAW BDAT 6 LAST\r\nNOOP\r\n
S~ 530 5\.7\.0 .*
NONE .*
C: NOOP
S~ 250 .*
# A submission in chunks: its header may come in pieces, and who it says wrote
# it is refused with the chunk that says so.
CONN b
PORT submissions
S* 220 .*
LOGIN alice
PIPE
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
RAW BDAT 13\r\nFrom: alice@e
RAW BDAT 16\r\nxample.test\r\n\r\nx
RAW BDAT 0 LAST\r\n
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 250 2\.0\.0 Ok: queued .*
PIPE
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
RAW BDAT 26\r\nFrom: bob@example.test\r\n\r\n
RAW BDAT 0 LAST\r\n
S~ 250 .*
S~ 250 .*
S~ 553 5\.7\.1 .*
S~ 503 5\.5\.1 .*
