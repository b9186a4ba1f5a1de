# Only CRLF ends a line: a bare LF or CR in a command is none. RFC 5321 2.3.8
S* 220 .*
C: EHLO client.example.net
S* 250 .*
RAW NOOP\nNOOP\r\n
S~ 50[01] .*
RAW NOOP\rNOOP\r\n
S~ 50[01] .*
C: MAIL FROM:<a@example.net>\nRCPT TO:<alice@example.test>
S~ 50[01] .*
C: RCPT TO:<alice@example.test>
S~ 503 .*
NONE .*
