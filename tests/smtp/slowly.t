# A command comes in pieces, its CRLF too.
S* 220 .*
RAW EH
RAW LO client.exa
RAW mple.net\r
NONE 250.*
RAW \n
S* 250 .*
RAW MAIL FROM:<a@example.net>\r\nRCPT TO:<ali
S~ 250 .*
RAW ce@example.test>\r\n
S~ 250 .*
C: DATA
S~ 354 .*
RAW Subject: slowly\r
RAW \n\r\n
RAW .
RAW .\r\n
RAW .\r
NONE .*
RAW \n
S~ 250 .*
