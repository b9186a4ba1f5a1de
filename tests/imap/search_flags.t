# Keys that the row of a message answers.                   RFC 3501 6.4.4
APPEND alice INBOX (\Seen \Answered one) " 1-Feb-1994 21:52:25 -0800"
| Subject: first
|
| 1
APPEND alice INBOX (\Flagged \Draft) " 3-Feb-1994 00:30:00 +0100"
| Subject: second
|
| 22
APPEND alice INBOX (\Deleted two) " 5-Feb-1994 12:00:00 +0000"
| Subject: third
|
| \(x*2000)
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: b1 SEARCH ALL
S: * SEARCH 1 2 3
S~ b1 OK .*
C: b2 SEARCH ANSWERED
S: * SEARCH 1
S~ b2 OK .*
C: b3 SEARCH UNANSWERED
S: * SEARCH 2 3
S~ b3 OK .*
C: b4 SEARCH DELETED
S: * SEARCH 3
S~ b4 OK .*
C: b5 SEARCH UNDELETED
S: * SEARCH 1 2
S~ b5 OK .*
C: b6 SEARCH DRAFT
S: * SEARCH 2
S~ b6 OK .*
C: b7 SEARCH UNDRAFT
S: * SEARCH 1 3
S~ b7 OK .*
C: b8 SEARCH FLAGGED
S: * SEARCH 2
S~ b8 OK .*
C: b9 SEARCH UNFLAGGED
S: * SEARCH 1 3
S~ b9 OK .*
C: c1 SEARCH SEEN
S: * SEARCH 1
S~ c1 OK .*
C: c2 SEARCH UNSEEN
S: * SEARCH 2 3
S~ c2 OK .*
C: c3 SEARCH KEYWORD ONE
S: * SEARCH 1
S~ c3 OK .*
C: c4 SEARCH UNKEYWORD one
S: * SEARCH 2 3
S~ c4 OK .*
C: c5 SEARCH KEYWORD on
S: * SEARCH
S~ c5 OK .*
# Days are those of the zone in which a message came.
C: d1 SEARCH BEFORE 2-Feb-1994
S: * SEARCH 1
S~ d1 OK .*
C: d2 SEARCH ON 1-Feb-1994
S: * SEARCH 1
S~ d2 OK .*
C: d3 SEARCH ON 3-Feb-1994
S: * SEARCH 2
S~ d3 OK .*
C: d4 SEARCH SINCE "3-Feb-1994"
S: * SEARCH 2 3
S~ d4 OK .*
# RFC 5032: seconds, of no zone.
C: d5 SEARCH OLDER 86400
S: * SEARCH 1 2 3
S~ d5 OK .*
C: d6 SEARCH YOUNGER 86400
S: * SEARCH
S~ d6 OK .*
C: e1 SEARCH LARGER 1000
S: * SEARCH 3
S~ e1 OK .*
C: e2 SEARCH SMALLER 1000
S: * SEARCH 1 2
S~ e2 OK .*
C: e3 SEARCH LARGER 9223372036854775807
S: * SEARCH
S~ e3 OK .*
# Sets; a number that no message has names none.
C: f1 SEARCH 2:*
S: * SEARCH 2 3
S~ f1 OK .*
C: f2 SEARCH 1,3:9
S: * SEARCH 1 3
S~ f2 OK .*
C: f3 SEARCH 7
S: * SEARCH
S~ f3 OK .*
C: f4 UID SEARCH 1
S~ \* SEARCH (?P<u1>\d+)
S~ f4 OK .*
C: f5 UID SEARCH *
S~ \* SEARCH (?P<u3>\d+)
S~ f5 OK .*
C: f6 SEARCH UID ${u3}
S: * SEARCH 3
S~ f6 OK .*
C: f7 SEARCH UID 4000000000:*
S: * SEARCH 3
S~ f7 OK .*
C: f8 SEARCH NOT UID ${u1},${u3}
S: * SEARCH 2
S~ f8 OK .*
C: f9 SEARCH OR UID 4000000000:* 1
S: * SEARCH 1 3
S~ f9 OK .*
# Several keys are all of them.
C: g1 SEARCH UNSEEN UNDELETED
S: * SEARCH 2
S~ g1 OK .*
C: g2 SEARCH OR SEEN DELETED
S: * SEARCH 1 3
S~ g2 OK .*
C: g3 SEARCH NOT (SEEN ANSWERED)
S: * SEARCH 2 3
S~ g3 OK .*
C: g4 SEARCH OR (SEEN NOT ANSWERED) (UNSEEN NOT (DELETED))
S: * SEARCH 2
S~ g4 OK .*
# This session is the first (recent.t has the rest).
C: h1 SEARCH RECENT
S: * SEARCH 1 2 3
S~ h1 OK .*
C: h2 SEARCH NEW
S: * SEARCH 2 3
S~ h2 OK .*
C: h3 SEARCH OLD
S: * SEARCH
S~ h3 OK .*
