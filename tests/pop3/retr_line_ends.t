# A text that ends without CRLF ends with that of the last line; behind a bare
# LF a dot is doubled as well, or clients that take LF for a line end would see
# the end of the message.
PORT imaps
S* \* OK .*
LOGIN alice
RAW a1 APPEND INBOX {22+}\r\nSubject: x\r\n\r\na\n.\r\nend\r\n
S~ a1 OK .*
CONN b
PORT pop3s
S~ \+OK .*
LOGIN alice
C: LIST 1
S: +OK 1 22
C: RETR 1
S: +OK 22 octets
S: Subject: x
S:
S~ a\n\.\.
S: end
S: .
