# RETURN (UPDATE): a search that is kept up to date.            RFC 5267 4.3
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* CONTEXT=SEARCH\b).*
S~ a0 OK .*
C: a1 CREATE context
S~ a1 OK .*
C: a2 APPEND context {3+}
C: one (\Flagged) {3+}
C: two {5+}
C: three (\Flagged) {4+}
C: four {4+}
C: five
S~ a2 OK .*
C: a3 SELECT context
S* a3 OK .*
C: a4 STORE 1 +FLAGS.SILENT (\Deleted)
S* a4 OK .*
C: a5 EXPUNGE
S: * 1 EXPUNGE
S* a5 OK .*
# UIDs 2 to 5 are 1 to 4 now.
C: b1 SEARCH RETURN (UPDATE ALL) FLAGGED
S: * ESEARCH (TAG "b1") ALL 1,3
S~ b1 OK .*
C: b2 UID SEARCH RETURN (UPDATE CONTEXT COUNT) FLAGGED UNDELETED BODY o
S~ \* ESEARCH \(TAG "b2"\) UID COUNT \d
S~ b2 OK .*
C: b1 SEARCH RETURN (UPDATE) ALL
S~ b1 BAD .*
C: b3 SEARCH RETURN (UPDATE COUNT) 1:3
S: * ESEARCH (TAG "b3") COUNT 3
S~ \* NO \[NOUPDATE "b3"\] .*
S~ b3 OK .*
C: b1 SORT RETURN (UPDATE) (SIZE) UTF-8 ALL
S~ b1 BAD .*
C: b5 ESEARCH RETURN (UPDATE COUNT) ALL
S~ \* NO \[NOUPDATE "b5"\] .*
S~ \* ESEARCH \(TAG "b5" MAILBOX context UIDVALIDITY \d+\) UID COUNT 4
S~ b5 OK .*
# What we change ourselves, what others change, and what comes.
C: c1 STORE 2 +FLAGS.SILENT (\Flagged)
S: * ESEARCH (TAG "b1") ADDTO (0 2)
S~ c1 OK .*
C: c2 STORE 1:2 -FLAGS.SILENT (\Flagged)
S: * ESEARCH (TAG "b1") REMOVEFROM (0 1:2)
S~ c2 OK .*
C: c3 NOOP
S~ c3 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: d1 SELECT context
S* d1 OK .*
C: d2 STORE 1 +FLAGS (\Flagged)
S* d2 OK .*
C: d3 APPEND context (\Flagged) {17+}
C: Subject: x
C: 
C: oho
S* d3 OK .*
CONN a
C: d4 NOOP
S~ \* 5 EXISTS
S~ \* 1 FETCH .*
S: * ESEARCH (TAG "b1") ADDTO (0 1,5)
S: * ESEARCH (TAG "b2") UID ADDTO (0 6)
S~ d4 OK .*
# An expunge: before it its number is right.
CONN b
C: e1 STORE 1,3 +FLAGS.SILENT (\Deleted)
S* e1 OK .*
C: e2 EXPUNGE
S* e2 OK .*
CONN a
C: e3 NOOP
S: * ESEARCH (TAG "b1") REMOVEFROM (0 3)
S: * 3 EXPUNGE
S: * ESEARCH (TAG "b1") REMOVEFROM (0 1)
S: * 1 EXPUNGE
S* e3 OK .*
C: e4 SEARCH RETURN (ALL) FLAGGED
S: * ESEARCH (TAG "e4") ALL 3
S~ e4 OK .*
# In IDLE too.
C: f1 IDLE
S~ \+ .*
CONN b
C: f2 STORE 1 +FLAGS.SILENT (\Flagged)
S* f2 OK .*
CONN a
S~ \* 1 FETCH .*
S: * ESEARCH (TAG "b1") ADDTO (0 1)
C: DONE
S~ f1 OK .*
C: f3 CANCELUPDATE "b1" "nothing"
S~ f3 OK .*
C: f4 STORE 1 -FLAGS.SILENT (\Flagged)
S~ f4 OK .*
C: f5 CANCELUPDATE
S~ f5 BAD .*
# Four, and no more; none of another mailbox.
C: g1 SEARCH RETURN (UPDATE COUNT) ALL
S* g1 OK .*
C: g2 SEARCH RETURN (UPDATE COUNT) ALL
S* g2 OK .*
C: g3 SEARCH RETURN (UPDATE COUNT) ALL
S~ \* ESEARCH .*
S~ g3 OK .*
C: g4 SEARCH RETURN (UPDATE COUNT) ALL
S~ \* ESEARCH .*
S~ \* NO \[NOUPDATE "g4"\] .*
S~ g4 OK .*
C: g5 SELECT INBOX
S* g5 OK .*
C: b2 SEARCH RETURN (UPDATE COUNT) ALL
S~ \* ESEARCH .*
S~ b2 OK .*
