# A text longer than what is looked at at once, and a header too.
APPEND alice INBOX
| Subject: long
| X-Long: begin \(words and *12000) endofheader
|
| \(0123456789 0123456789 0123456789 0123456789\r\n*1500)
| \(x*65530)first needle\(x*65530)
| \(0123456789 0123456789 0123456789 0123456789\r\n*3000)last needle
APPEND alice INBOX
| Subject: short
|
| nothing of it
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: b1 SEARCH BODY "first needlex"
S: * SEARCH 1
S~ b1 OK .*
C: b2 SEARCH BODY "last needle"
S: * SEARCH 1
S~ b2 OK .*
C: b3 SEARCH BODY "9 01234567890"
S: * SEARCH
S~ b3 OK .*
C: b4 SEARCH TEXT "and endofheader"
S: * SEARCH 1
S~ b4 OK .*
C: b5 SEARCH HEADER X-LONG ENDOFHEADER
S: * SEARCH 1
S~ b5 OK .*
C: b6 SEARCH BODY endofheader
S: * SEARCH
S~ b6 OK .*
C: b7 SEARCH BODY "0123456789 0123456789 0123456789 0123456789 0123456789"
S: * SEARCH 1
S~ b7 OK .*
C: b8 SEARCH NOT BODY needle BODY nothing
S: * SEARCH 2
S~ b8 OK .*
