# Days before 1970 are days like others; no message is received then.
APPEND alice INBOX
| Date: Wed, 1 Jan 1930 12:00:00 +0000
| Subject: of an old fax machine
|
| 1
APPEND alice INBOX () "01-Jan-1970 12:00:00 +0000"
| Date: Thu, 1 Jan 1970 12:00:00 +0000
| Subject: of a clock that was never set
|
| 2
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: b1 SEARCH SENTON 1-Jan-1930
S: * SEARCH 1
S~ b1 OK .*
C: b2 SEARCH SENTBEFORE 1-Jan-1930
S: * SEARCH
S~ b2 OK .*
C: b3 SEARCH SENTSINCE 1-Jan-1930 SENTBEFORE 1-Jan-1970
S: * SEARCH 1
S~ b3 OK .*
C: b4 SEARCH ON 1-Jan-1930
S: * SEARCH
S~ b4 OK .*
C: b5 SEARCH BEFORE 2-Jan-1969
S: * SEARCH
S~ b5 OK .*
C: b6 SEARCH SINCE 1-Jan-1930
S: * SEARCH 1 2
S~ b6 OK .*
C: b7 SEARCH ON 1-Jan-1970
S: * SEARCH 2
S~ b7 OK .*
