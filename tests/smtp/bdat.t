# The text in chunks.                                            RFC 3030 2
CLEAR alice
S* 220 .*
C: EHLO client.example.net
S* 250[- ]CHUNKING
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
# Every chunk is answered; a line may begin in one and end in another, and a
# dot is a dot.
RAW BDAT 12\r\nSubject: in 
S~ 250 2\.0\.0 12 octets received
C: NOOP
S~ 250 .*
RAW bdat 0\r\n
S~ 250 .*
RAW BDAT 14 last\r\nchunks\r\n\r\n.\r\n.
S~ 250 2\.0\.0 Ok: queued as .*
# There is nothing behind the last one.
RAW BDAT 6 LAST\r\nNOOP\r\n
S~ 503 5\.5\.1 .*
NONE .*
# All in one write, with an empty last chunk.                        4.2
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
RAW BDAT 15\r\nSubject: two\r\n\r
RAW BDAT 7\r\n\nHello\r
RAW BDAT 1\r\n\n
RAW BDAT 0 LAST\r\n
C: NOOP
S~ 250 2\.1\.0 .*
S~ 250 2\.1\.5 .*
S~ 250 2\.0\.0 15 .*
S~ 250 2\.0\.0 7 .*
S~ 250 2\.0\.0 1 .*
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 .*
# Octet for octet: the last line has no end, and gets none.
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1 BODY.PEEK[TEXT]
S: * 1 FETCH (BODY[TEXT] {4}
S: .
S: .)
S* b OK .*
C: c FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]
S* .*\{22\}
S: Subject: in chunks
S* c OK .*
C: d FETCH 2 BODY.PEEK[TEXT]
S: * 2 FETCH (BODY[TEXT] {7}
S: Hello
S: )
S* d OK .*
