# Any octets, in parts that say so: they are kept as lines. RFC 3030 3
CLEAR alice
S* 220 .*
C: EHLO client.example.net
S* 250[- ]BINARYMIME
S* 250 .*
C: MAIL FROM:<a@example.net> BODY=BINARYMIME BODY=8BITMIME
S~ 501 .*
# DATA has no way to end such a text; nothing is lost by trying.
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: DATA
S~ 503 5\.5\.1 .*
RAW BDAT 101\r\nMIME-Version: 1.0\r\nSubject: one\r\nContent-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\xff\r\n.\r\n\n
S~ 250 2\.0\.0 .*
RAW BDAT 1\r\n.
S~ 250 2\.0\.0 1 .*
RAW BDAT 69 LAST\r\n\n\r.\r\r\n.\nMAIL FROM:<b@example.net>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n
S~ 250 2\.0\.0 Ok: queued as .*
NONE .*
# All in one write, with an empty last chunk; of what is not binary nothing
# changes.
PIPE
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
C: RCPT TO:<alice@example.test>
RAW BDAT 150\r\nMIME-Version: 1.0\r\nSubject: two\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\n--b\r\nContent-Transfer-Encoding: 8bit\r
RAW BDAT 81\r\n\n\r\ncaf\xc3\xa9\r\n--b\r\nContent-Type: x/y\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\r\n--b--\r\n
RAW BDAT 0 LAST\r\n
C: NOOP
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 .*
# Where nothing can be encoded it is as with any text: in the header,
PIPE
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
C: RCPT TO:<alice@example.test>
RAW BDAT 54 LAST\r\nSubject: a\0b\r\nContent-Transfer-Encoding: binary\r\n\r\nx\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
PIPE
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
C: RCPT TO:<alice@example.test>
RAW BDAT 56 LAST\r\nSubject: a\n.\nb\r\nContent-Transfer-Encoding: binary\r\n\r\nx\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
# in a part that does not say that it is binary, or that says it is encoded,
PIPE
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
C: RCPT TO:<alice@example.test>
RAW BDAT 45 LAST\r\nSubject: a\r\n\r\nx\n.\nMAIL FROM:<b@example.net>\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
PIPE
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
C: RCPT TO:<alice@example.test>
RAW BDAT 52 LAST\r\nSubject: a\r\nContent-Transfer-Encoding: 8bit\r\n\r\nx\r.\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
PIPE
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
C: RCPT TO:<alice@example.test>
RAW BDAT 56 LAST\r\nSubject: a\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ\0==\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
# between parts, and in one that is signed as it stands.
PIPE
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
C: RCPT TO:<alice@example.test>
RAW BDAT 92 LAST\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\na\nb\r\n--b--\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
PIPE
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
C: RCPT TO:<alice@example.test>
RAW BDAT 133 LAST\r\nContent-Type: multipart/signed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\n--b\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\r\n--b--\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
# In the middle: what follows of it is nobody's.
PIPE
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
C: RCPT TO:<alice@example.test>
RAW BDAT 25\r\nSubject: a\r\n\r\nx\0y\r\nmore\r\n
RAW BDAT 10 LAST\r\nand more\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
S~ 503 5\.5\.1 .*
NONE .*
# It is of one message: the next one says nothing of it.
PIPE
C: MAIL FROM:<a@example.net> BODY=8BITMIME
C: RCPT TO:<alice@example.test>
RAW BDAT 96 LAST\r\nMIME-Version: 1.0\r\nSubject: one\r\nContent-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\r\n
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 .*
C: MAIL FROM:<a@example.net> BODY=BINARYMIME
S~ 250 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: three
C: 
C: lines
C: .
S~ 250 .*
# What came, octet for octet; and no octets that IMAP has no word for.
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 3)
S~ a OK .*
C: b SELECT INBOX
S* b OK .*
C: c FETCH 1 BODY.PEEK[TEXT]
S: * 1 FETCH (BODY[TEXT] {108}
S: AP8NCi4NCgouCg0uDQ0KLgpNQUlMIEZST006PGJAZXhhbXBsZS5uZXQ+DQpSQ1BUIFRPOjxib2JA
S: ZXhhbXBsZS50ZXN0Pg0KREFUQQ0K
S: )
S* c OK .*
C: d FETCH 1 BINARY.SIZE[1]
S: * 1 FETCH (BINARY.SIZE[1] 78)
S* d OK .*
C: e FETCH 2 BODY.PEEK[2]
S: * 2 FETCH (BODY[2] {4}
S: AA==)
S* e OK .*
C: f FETCH 2 BODY.PEEK[1]
S: * 2 FETCH (BODY[1] {5}
S~ caf.+\)
S* f OK .*
