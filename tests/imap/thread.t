# THREAD.                                                     RFC 5256 3
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 10:00:00 +0000
| Message-ID: <a@example.net>
| Subject: lunch
|
| 1
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 11:00:00 +0000
| Message-ID: <b@example.net>
| In-Reply-To: <"a"@example.net> and others
| Subject: Re: lunch
|
| 2
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 13:00:00 +0000
| Message-ID: <c@example.net>
| References: <a@example.net>
| Subject: Re: lunch
|
| 3
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 12:00:00 +0000
| Message-ID: <d@example.net>
| References: <a@example.net>
|  <b@example.net>
| Subject: dinner (was: lunch)
|
| 4
# The parent of these is not here.
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 09:00:00 +0000
| Message-ID: <e@example.net>
| References: <gone@example.net>
| Subject: Re: other
|
| 5
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 09:30:00 +0000
| Message-ID: <f@example.net>
| References: <gone@example.net>
| Subject: Re: other
|
| 6
# A reply by its subject alone, and somebody who begins the same.
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 15:00:00 +0000
| Message-ID: <g@example.net>
| Subject: Fwd: LUNCH
|
| 7
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 08:00:00 +0000
| Subject: alone
|
| 8
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 08:30:00 +0000
| Subject: alone
|
| 9
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY .*\bTHREAD=ORDEREDSUBJECT THREAD=REFERENCES\b.*
S~ a0 OK .*
C: a1 SELECT INBOX
S* a1 OK .*
C: b1 THREAD REFERENCES UTF-8 ALL
S: * THREAD ((8)(9))((5)(6))(1 (2 4)(3)(7))
S~ b1 OK .*
C: b2 THREAD ORDEREDSUBJECT UTF-8 ALL
S: * THREAD (8 9)(5 6)(1 (2)(3)(7))(4)
S~ b2 OK .*
# Only what is searched for; a parent that does not match joins its children.
C: b3 THREAD REFERENCES US-ASCII 2:4
S: * THREAD ((2 4)(3))
S~ b3 OK .*
C: b4 THREAD REFERENCES UTF-8 5
S: * THREAD (5)
S~ b4 OK .*
C: b5 THREAD ORDEREDSUBJECT UTF-8 SUBJECT nothing
S: * THREAD
S~ b5 OK .*
C: b6 UID THREAD REFERENCES UTF-8 1:2
S~ \* THREAD \((?P<u1>\d+) (?P<u2>\d+)\)
S~ b6 OK .*
C: c1 THREAD NOSUCH UTF-8 ALL
S~ c1 BAD .*
C: c2 THREAD REFERENCES ALL
S~ c2 BAD .*
C: c3 THREAD REFERENCES X-NONE ALL
S~ c3 NO \[BADCHARSET .*
