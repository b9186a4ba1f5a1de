# Chunks that are refused: their octets are taken first, so none of them is a
# command.                                                       RFC 3030 2
CLEAR alice
S* 220 .*
# Before anything was said.
RAW BDAT 6 LAST\r\nNOOP\r\n
S~ 503 5\.5\.1 .*
C: EHLO client.example.net
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
# With nobody to go to, as a pipelining client may say it.
PIPE
C: RCPT TO:<nobody@example.test>
RAW BDAT 6\r\nNOOP\r\n
RAW BDAT 6 LAST\r\nNOOP\r\n
S~ 550 5\.1\.1 .*
S~ 554 5\.5\.1 .*
S~ 554 5\.5\.1 .*
NONE .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
RAW BDAT 6\r\nA: b\r\n
S~ 250 .*
# DATA and BDAT are never mixed, and the recipients are known.
C: DATA
S~ 503 5\.5\.1 .*
C: RCPT TO:<bob@example.test>
S~ 503 5\.5\.1 .*
C: MAIL FROM:<a@example.net>
S~ 503 5\.5\.1 .*
# RSET forgets what came.
C: RSET
S~ 250 .*
# A fault in the middle ends the message; what the client has sent behind it
# already is taken and refused.
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 8\r\nA: b\r\n\r\n
RAW BDAT 4\r\n\r\n\0\r
RAW BDAT 6\r\nNOOP\r\n
RAW BDAT 6 LAST\r\nQUIT\r\n
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 NUL .*
S~ 503 5\.5\.1 .*
S~ 503 5\.5\.1 .*
NONE .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
RAW BDAT 6 LAST\r\nA: b\r\n
S~ 250 .*
# Where a chunk ends is not known: nothing behind it is listened to.
C: BDAT
S~ 421 4\.5\.4 .*
CLOSED
CONN b
S* 220 .*
RAW BDAT 99999999999999999999 LAST\r\nNOOP\r\n
S~ 421 4\.5\.4 .*
CLOSED
CONN c
S* 220 .*
RAW BDAT 6 FIRST\r\nNOOP\r\n
S~ 421 4\.5\.4 .*
CLOSED
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 1)
S~ a OK .*
