# RETURN and "$".             RFC 4731, RFC 5182, RFC 9051 6.4.4 and 7.3.4
APPEND alice INBOX (\Seen)
| Subject: one
|
| 1
APPEND alice INBOX
| Subject: two
|
| 2
APPEND alice INBOX
| Subject: three
|
| 3
APPEND alice INBOX (\Seen)
| Subject: four
|
| 4
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY .*\bESEARCH SEARCHRES WITHIN\b.*
S~ a0 OK .*
C: a1 SELECT INBOX
S* a1 OK .*
C: b1 SEARCH RETURN (MIN MAX COUNT) UNSEEN
S: * ESEARCH (TAG "b1") MIN 2 MAX 3 COUNT 2
S~ b1 OK .*
C: b2 SEARCH RETURN () ALL
S: * ESEARCH (TAG "b2") ALL 1:4
S~ b2 OK .*
C: b3 SEARCH RETURN (ALL) SEEN
S: * ESEARCH (TAG "b3") ALL 1,4
S~ b3 OK .*
C: b4 SEARCH RETURN (COUNT ALL MIN) SUBJECT nothing
S: * ESEARCH (TAG "b4") COUNT 0
S~ b4 OK .*
C: b5 UID SEARCH RETURN (MIN) SUBJECT two
S~ \* ESEARCH \(TAG "b5"\) UID MIN (?P<u2>\d+)
S~ b5 OK .*
C: b6 UID SEARCH RETURN (ALL) UNSEEN
S~ \* ESEARCH \(TAG "b6"\) UID ALL ${u2}:(?P<u3>\d+)
S~ b6 OK .*
# Nothing was saved: "$" names nothing.
C: c1 FETCH $ FLAGS
S~ c1 OK .*
C: c2 SEARCH $
S: * SEARCH
S~ c2 OK .*
# SAVE alone says nothing.
C: d1 SEARCH RETURN (SAVE) UNSEEN
S~ d1 OK .*
C: d2 FETCH $ UID
S: * 2 FETCH (UID ${u2})
S: * 3 FETCH (UID ${u3})
S~ d2 OK .*
C: d3 UID FETCH $ FLAGS
S~ \* 2 FETCH \(UID ${u2} FLAGS .*
S~ \* 3 FETCH \(UID ${u3} FLAGS .*
S~ d3 OK .*
C: d4 SEARCH $ SUBJECT three
S: * SEARCH 3
S~ d4 OK .*
C: d5 SEARCH NOT $
S: * SEARCH 1 4
S~ d5 OK .*
C: d6 UID SEARCH OR UID $ 1
S~ \* SEARCH \d+ ${u2} ${u3}
S~ d6 OK .*
# MIN and MAX save what they name, COUNT saves all.        RFC 5182 2.4
C: e1 SEARCH RETURN (SAVE MIN) UNSEEN
S: * ESEARCH (TAG "e1") MIN 2
S~ e1 OK .*
C: e2 SEARCH $
S: * SEARCH 2
S~ e2 OK .*
C: e3 SEARCH RETURN (SAVE MIN MAX) ALL
S: * ESEARCH (TAG "e3") MIN 1 MAX 4
S~ e3 OK .*
C: e4 SEARCH $
S: * SEARCH 1 4
S~ e4 OK .*
C: e5 SEARCH RETURN (SAVE MIN COUNT) UNSEEN
S: * ESEARCH (TAG "e5") MIN 2 COUNT 2
S~ e5 OK .*
C: e6 STORE $ +FLAGS (\Flagged)
S~ \* 2 FETCH \(FLAGS .*Flagged.*\)
S~ \* 3 FETCH \(FLAGS .*Flagged.*\)
S~ e6 OK .*
# A search with "$" may save a new one; BAD leaves it, NO empties it.
C: f1 SEARCH RETURN (SAVE) $ SUBJECT three
S~ f1 OK .*
C: f2 SEARCH RETURN (SAVE) NOSUCHKEY
S~ f2 BAD .*
C: f3 SEARCH $
S: * SEARCH 3
S~ f3 OK .*
C: f4 SEARCH RETURN (SAVE) CHARSET X-NONE TEXT x
S~ f4 NO \[BADCHARSET .*
C: f5 SEARCH $
S: * SEARCH
S~ f5 OK .*
# What is expunged leaves it.
C: g1 SEARCH RETURN (SAVE) 1:3
S~ g1 OK .*
C: g2 STORE 2 +FLAGS.SILENT (\Deleted)
S~ g2 OK .*
C: g3 EXPUNGE
S: * 2 EXPUNGE
S: * 3 RECENT
S~ g3 OK .*
C: g4 SEARCH $
S: * SEARCH 1 2
S~ g4 OK .*
# SELECT forgets it.
C: h1 SELECT INBOX
S* h1 OK .*
C: h2 SEARCH $
S: * SEARCH
S~ h2 OK .*
# MODSEQ: the highest of what is told.         RFC 4731 3.2, RFC 7162 3.1.5
C: i1 SEARCH MODSEQ 1
S~ \* OK \[HIGHESTMODSEQ \d+\] .*
S~ \* SEARCH 1 2 3 \(MODSEQ (?P<top>\d+)\)
S~ i1 OK .*
C: i2 SEARCH MODSEQ "/flags/\\\\draft" all ${top}
S~ \* SEARCH \d \(MODSEQ ${top}\)
S~ i2 OK .*
C: i3 SEARCH RETURN (ALL) MODSEQ 1
S: * ESEARCH (TAG "i3") ALL 1:3 MODSEQ ${top}
S~ i3 OK .*
C: i4 SEARCH RETURN (MIN) MODSEQ 1
S~ \* ESEARCH \(TAG "i4"\) MIN 1 MODSEQ \d+
S~ i4 OK .*
C: i5 SEARCH MODSEQ 9000000000
S: * SEARCH
S~ i5 OK .*
