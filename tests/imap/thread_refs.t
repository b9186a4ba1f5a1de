# THREAD=REFS: whose reply it is and nothing else, and what has news comes last.
#                                            draft-ietf-morg-inthread 3
APPEND alice INBOX "01-Feb-1999 10:00:00 +0000"
| Date: Mon, 1 Feb 1999 10:00:00 +0000
| Message-ID: <a@example.net>
| Subject: lunch
|
| 1
APPEND alice INBOX "02-Feb-1999 10:00:00 +0000"
| Date: Mon, 1 Feb 1999 11:00:00 +0000
| Message-ID: <b@example.net>
| Subject: lunch
|
| 2
# Replies to the first: one says that it is older, but came last of all.
APPEND alice INBOX "09-Feb-1999 10:00:00 +0000"
| Date: Mon, 1 Feb 1999 12:00:00 +0000
| Message-ID: <c@example.net>
| References: <a@example.net>
| Subject: Re: lunch
|
| 3
APPEND alice INBOX "03-Feb-1999 10:00:00 +0000"
| Date: Mon, 1 Feb 1999 13:00:00 +0000
| Message-ID: <d@example.net>
| References: <a@example.net>
| Subject: Re: lunch
|
| 4
# Their parent is not here; the newest of them is the second to last.
APPEND alice INBOX "01-Feb-1999 09:00:00 +0000"
| Date: Mon, 1 Feb 1999 09:00:00 +0000
| Message-ID: <e@example.net>
| References: <gone@example.net>
| Subject: Re: lunch
|
| 5
APPEND alice INBOX "05-Feb-1999 10:00:00 +0000"
| Date: Mon, 1 Feb 1999 09:30:00 +0000
| Message-ID: <f@example.net>
| References: <gone@example.net>
| Subject: Re: other
|
| 6
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY .*\bTHREAD=REFS\b.*
S~ a0 OK .*
C: a1 SELECT INBOX
S* a1 OK .*
C: b1 THREAD REFS UTF-8 ALL
S: * THREAD (2)((5)(6))(1 (3)(4))
S~ b1 OK .*
C: b2 UID THREAD REFS UTF-8 1,2,4
S~ \* THREAD \(\d+\)\(\d+ \d+\)
S~ b2 OK .*
C: b3 THREAD REFS UTF-8 KEYWORD none
S: * THREAD
S~ b3 OK .*
# REFERENCES makes one of them.
C: c1 THREAD REFERENCES UTF-8 1,2
S: * THREAD ((1)(2))
S~ c1 OK .*
C: d1 THREAD REFS UTF-8 4 EXTRA
S~ d1 BAD .*
