# What another hop may take for the end of a message, in a chunk: the message is
# refused whole; in two chunks, too.
CLEAR alice
S* 220 .*
C: EHLO client.example.net
S* 250 .*
# LF dot LF
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 39 LAST\r\nA: b\r\n\r\nx\n.\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 10\r\nA: b\r\n\r\nx\n
RAW BDAT 29 LAST\r\n.\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 .*
S~ 503 5\.5\.1 .*
NONE .*
# LF dot CRLF
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 40 LAST\r\nA: b\r\n\r\nx\n.\r\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 10\r\nA: b\r\n\r\nx\n
RAW BDAT 30 LAST\r\n.\r\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 .*
S~ 503 5\.5\.1 .*
NONE .*
# CRLF dot LF
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 40 LAST\r\nA: b\r\n\r\nx\r\n.\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 12\r\nA: b\r\n\r\nx\r\n.
RAW BDAT 28 LAST\r\n\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
# CR dot CR
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 39 LAST\r\nA: b\r\n\r\nx\r.\rMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 10\r\nA: b\r\n\r\nx\r
RAW BDAT 29 LAST\r\n.\rMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
# CR dot CRLF
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 40 LAST\r\nA: b\r\n\r\nx\r.\r\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 10\r\nA: b\r\n\r\nx\r
RAW BDAT 30 LAST\r\n.\r\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
# CRLF dot CR
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 40 LAST\r\nA: b\r\n\r\nx\r\n.\rMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 12\r\nA: b\r\n\r\nx\r\n.
RAW BDAT 28 LAST\r\n\rMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
# CRLF dot CR CRLF
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 42 LAST\r\nA: b\r\n\r\nx\r\n.\r\r\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 12\r\nA: b\r\n\r\nx\r\n.
RAW BDAT 30 LAST\r\n\r\r\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
# CR LF LF dot
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 42 LAST\r\nA: b\r\n\r\nx\r\n\n.\r\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 12\r\nA: b\r\n\r\nx\r\n\n
RAW BDAT 30 LAST\r\n.\r\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 .*
S~ 503 5\.5\.1 .*
NONE .*
# NUL
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 42 LAST\r\nA: b\r\n\r\nx\r\n\0.\r\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
NONE .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 12\r\nA: b\r\n\r\nx\r\n\0
RAW BDAT 30 LAST\r\n.\r\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 .*
S~ 503 5\.5\.1 .*
NONE .*
# A CR at the very end belongs to no line end.
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 7 LAST\r\nA: b\r\n\r
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
# The one true end is text in a chunk: one message, and the command in it stays
# in it.
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 39 LAST\r\nA: b\r\n\r\nx\r\n.\r\nMAIL FROM:<b@example.net>
S~ 250 .*
S~ 250 .*
S~ 250 2\.0\.0 Ok: queued .*
NONE .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 1)
S~ a OK .*
C: b SELECT INBOX
S* b OK .*
C: c FETCH 1 BODY.PEEK[TEXT]
S* .*
S: x
S: .
S* MAIL FROM:<b@example\.net>\)
