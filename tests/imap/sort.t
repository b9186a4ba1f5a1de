# SORT, by each criterion.                            RFC 5256, RFC 5957
APPEND alice INBOX " 5-Feb-1994 12:00:00 +0000"
| Date: Mon, 1 Feb 1999 10:00:00 +0200
| From: "Zoe" <bea@example.net>
| To: Xaver <tom@example.net>
| Cc: carl@example.net
| Subject: Re: banana
|
| 1
APPEND alice INBOX " 3-Feb-1994 12:00:00 +0000"
| Date: Mon, 1 Feb 1999 09:00:00 +0000
| From: =?utf-8?q?=C3=84nne?= <zed@example.net>
| To: sam@example.net
| Subject: Apple
|
| 22
APPEND alice INBOX " 4-Feb-1994 12:00:00 +0000"
| From: adam@example.net
| Subject: BANANA
|
| 333333333333333333333333333333333333333333333333333333333333333333333333333
| \(3*300)
APPEND alice INBOX " 6-Feb-1994 12:00:00 +0000"
| Date: Mon, 1 Feb 1999 09:00:00 +0000
| From: Friends: x@example.net;
| To: "" <sam@example.net>
| Cc: anna@example.net
|
| 4
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY .*\bSORT SORT=DISPLAY ESORT\b.*
S~ a0 OK .*
C: a1 SELECT INBOX
S* a1 OK .*
C: b1 SORT (ARRIVAL) UTF-8 ALL
S: * SORT 2 3 1 4
S~ b1 OK .*
C: b2 SORT (REVERSE ARRIVAL) US-ASCII ALL
S: * SORT 4 1 3 2
S~ b2 OK .*
# Without Date: it is the INTERNALDATE; equal ones as in the mailbox.
C: b3 SORT (DATE) UTF-8 ALL
S: * SORT 3 1 2 4
S~ b3 OK .*
C: b4 SORT (REVERSE DATE) UTF-8 ALL
S: * SORT 2 4 1 3
S~ b4 OK .*
C: b5 SORT (SUBJECT) UTF-8 ALL
S: * SORT 4 2 1 3
S~ b5 OK .*
C: b6 SORT (SUBJECT DATE) UTF-8 ALL
S: * SORT 4 2 3 1
S~ b6 OK .*
C: b7 SORT (FROM) UTF-8 ALL
S: * SORT 3 1 4 2
S~ b7 OK .*
C: b8 SORT (TO) UTF-8 ALL
S: * SORT 3 2 4 1
S~ b8 OK .*
C: b9 SORT (CC) UTF-8 ALL
S: * SORT 2 3 4 1
S~ b9 OK .*
C: c1 SORT (REVERSE SIZE) UTF-8 1:3
S: * SORT 3 1 2
S~ c1 OK .*
C: c2 SORT (DISPLAYFROM) UTF-8 ALL
S: * SORT 3 4 1 2
S~ c2 OK .*
C: c3 SORT (DISPLAYTO) UTF-8 ALL
S: * SORT 3 2 4 1
S~ c3 OK .*
C: d1 SORT (SUBJECT) UTF-8 SUBJECT "not in mailbox"
S: * SORT
S~ d1 OK .*
C: d2 UID SORT (ARRIVAL) UTF-8 2:3
S~ \* SORT (?P<u2>\d+) (?P<u3>\d+)
S~ d2 OK .*
# RFC 5267 3: of the order, not of the numbers.
C: e1 SORT RETURN (MIN MAX COUNT ALL) (ARRIVAL) UTF-8 ALL
S: * ESEARCH (TAG "e1") MIN 2 MAX 4 COUNT 4 ALL 2:3,1,4
S~ e1 OK .*
C: e2 UID SORT RETURN (MIN) (ARRIVAL) UTF-8 ALL
S~ \* ESEARCH \(TAG "e2"\) UID MIN ${u2}
S~ e2 OK .*
C: e3 SORT RETURN (COUNT) (ARRIVAL) UTF-8 SUBJECT none
S: * ESEARCH (TAG "e3") COUNT 0
S~ e3 OK .*
C: e4 SORT (ARRIVAL) UTF-8 MODSEQ 1
S~ \* OK \[HIGHESTMODSEQ \d+\] .*
S~ \* SORT 2 3 1 4 \(MODSEQ \d+\)
S~ e4 OK .*
C: f1 SORT () UTF-8 ALL
S~ f1 BAD .*
C: f2 SORT (NAME) UTF-8 ALL
S~ f2 BAD .*
C: f3 SORT (DATE) ALL
S~ f3 BAD .*
C: f4 SORT RETURN (SAVE) (DATE) UTF-8 ALL
S~ f4 BAD .*
C: f5 SORT (DATE) X-NONE ALL
S~ f5 NO \[BADCHARSET .*
