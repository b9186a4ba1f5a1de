# The example of RFC 3501 section 8, item by item.
APPEND alice INBOX (\Flagged Work) "17-Jul-1996 02:44:25 -0700"
| Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
| From: Terry Gray <gray@cac.washington.edu>
| Subject: IMAP4rev1 WG mtg summary and minutes
| To: imap@cac.washington.edu
| cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>
| Message-Id: <B27397-0100000@cac.washington.edu>
| MIME-Version: 1.0
| Content-Type: TEXT/PLAIN; CHARSET=US-ASCII
|
| Minutes follow.
| Two lines.
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* \* OK \[UIDVALIDITY .*
S* a1 OK .*
C: a2 FETCH 1 FLAGS
S~ \* 1 FETCH \(FLAGS \((?=.*\\Flagged)(?=.*\bWork\b)(?!.*Seen).*\)\)
S~ a2 OK .*
C: a3 FETCH 1 (UID RFC822.SIZE)
S~ \* 1 FETCH \((?=.*\bUID (?P<uid>[1-9]\d*))(?=.*RFC822\.SIZE ${size}\b).*\)
S~ a3 OK .*
C: a4 FETCH 1 INTERNALDATE
S: * 1 FETCH (INTERNALDATE "17-Jul-1996 02:44:25 -0700")
S~ a4 OK .*
C: a5 FETCH 1 ENVELOPE
S: * 1 FETCH (ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev1 WG mtg summary and minutes" (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) ((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL "<B27397-0100000@cac.washington.edu>"))
S~ a5 OK .*
C: a6 FETCH 1 BODY
S~ (?i)\* 1 FETCH \(BODY \("TEXT" "PLAIN" \("CHARSET" "US-ASCII"\) NIL NIL "7BIT" 29 2\)\)
S~ a6 OK .*
C: a7 FETCH 1 BODYSTRUCTURE
S~ (?i)\* 1 FETCH \(BODYSTRUCTURE \("TEXT" "PLAIN" \("CHARSET" "US-ASCII"\) NIL NIL "7BIT" 29 2 NIL NIL NIL NIL\)\)
S~ a7 OK .*
C: a8 FETCH 1 FAST
S~ \* 1 FETCH \((?=.*FLAGS)(?=.*INTERNALDATE)(?=.*RFC822\.SIZE).*\)
S~ a8 OK .*
C: a9 FETCH 1 ALL
S~ \* 1 FETCH \((?=.*FLAGS)(?=.*INTERNALDATE)(?=.*RFC822\.SIZE)(?=.*ENVELOPE).*\)
S~ a9 OK .*
C: a10 FETCH 1 FULL
S~ \* 1 FETCH \((?=.*FLAGS)(?=.*INTERNALDATE)(?=.*RFC822\.SIZE)(?=.*ENVELOPE)(?=.*BODY \().*\)
S~ a10 OK .*
# None of these sets \Seen.
C: a11 FETCH 1 FLAGS
S~ \* 1 FETCH \(FLAGS \((?!.*Seen).*\)\)
S~ a11 OK .*
C: a12 UID FETCH ${uid} FLAGS
S~ \* 1 FETCH \((?=.*UID ${uid}\b)(?=.*FLAGS).*\)
S~ a12 OK .*
