# SORT with RETURN (PARTIAL) and (UPDATE), in its own order.       RFC 5267 4
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* CONTEXT=SEARCH\b)(?=.* CONTEXT=SORT\b).*
S~ a0 OK .*
C: a1 CREATE sorted
S~ a1 OK .*
C: a2 APPEND sorted (\Flagged) {15+}
C: Subject: dora\r\n (\Flagged) {14+}
C: Subject: abe\r\n (\Flagged) {14+}
C: Subject: cod\r\n {14+}
C: Subject: bob\r\n (\Flagged) {14+}
C: Subject: eve\r\n
S~ a2 OK .*
C: a3 SELECT sorted
S* a3 OK .*
# Parts of the order.
C: b1 SORT RETURN (PARTIAL 1:2) (SUBJECT) UTF-8 ALL
S: * ESEARCH (TAG "b1") PARTIAL (1:2 2,4)
S~ b1 OK .*
C: b2 UID SORT RETURN (PARTIAL 3:9 COUNT) (SUBJECT) UTF-8 ALL
S: * ESEARCH (TAG "b2") UID COUNT 5 PARTIAL (3:9 3,1,5)
S~ b2 OK .*
C: b3 SORT RETURN (PARTIAL -1:-2 MIN) (SUBJECT) UTF-8 ALL
S: * ESEARCH (TAG "b3") MIN 2 PARTIAL (-1:-2 1,5)
S~ b3 OK .*
C: b4 SORT RETURN (CONTEXT PARTIAL 9:10) (SUBJECT) UTF-8 ALL
S: * ESEARCH (TAG "b4") PARTIAL (9:10 NIL)
S~ b4 OK .*
C: b5 SORT RETURN (PARTIAL 1:1) (SUBJECT) UTF-8 KEYWORD none
S: * ESEARCH (TAG "b5") PARTIAL (1:1 NIL)
S~ b5 OK .*
C: b6 SORT RETURN (PARTIAL 1:1 ALL) (SUBJECT) UTF-8 ALL
S~ b6 BAD .*
C: b7 SORT RETURN (SAVE) (SUBJECT) UTF-8 ALL
S~ b7 BAD .*
C: b8 SORT RETURN (PARTIAL 1:2 RELEVANCY) (RELEVANCY SUBJECT) UTF-8 OR FUZZY SUBJECT evi SUBJECT o
S: * ESEARCH (TAG "b8") PARTIAL (1:2 4,3) RELEVANCY (100 100)
S~ b8 OK .*
# The modseq of those that are told of.
CONN m
S* \* OK .*
LOGIN alice
C: b0 SELECT sorted
S* b0 OK .*
C: b9 STORE 1 +FLAGS.SILENT (x)
S* b9 OK .*
C: b10 FETCH 2 MODSEQ
S* \* 2 FETCH \(MODSEQ \((?P<modseq>\d+)\)\)
S~ b10 OK .*
C: b11 SORT RETURN (PARTIAL 1:1) (SUBJECT) UTF-8 MODSEQ 1
S: * ESEARCH (TAG "b11") PARTIAL (1:1 2) MODSEQ ${modseq}
S~ b11 OK .*
CONN a
C: b12 NOOP
S* b12 OK .*
# abe 2, cod 3, dora 1, eve 5; and as UIDs the other way round.
C: c1 SORT RETURN (UPDATE ALL) (SUBJECT) UTF-8 FLAGGED
S: * ESEARCH (TAG "c1") ALL 2:3,1,5
S~ c1 OK .*
C: c2 UID SORT RETURN (UPDATE COUNT) (REVERSE SUBJECT) UTF-8 FLAGGED UNDELETED
S: * ESEARCH (TAG "c2") UID COUNT 4
S~ c2 OK .*
C: c1 SEARCH RETURN (UPDATE) ALL
S~ c1 BAD .*
C: c2 SORT RETURN (UPDATE) (SIZE) UTF-8 ALL
S~ c2 BAD .*
C: c3 SORT RETURN (UPDATE COUNT) (SIZE) UTF-8 1:3
S: * ESEARCH (TAG "c3") COUNT 3
S~ \* NO \[NOUPDATE "c3"\] .*
S~ c3 OK .*
# Neighbours go together, wherever they stand; and come back to their places.
C: d1 STORE 1,3 -FLAGS.SILENT (\Flagged)
S: * ESEARCH (TAG "c1") REMOVEFROM (2 3,1)
S: * ESEARCH (TAG "c2") UID REMOVEFROM (2 1,3)
S~ d1 OK .*
C: d2 STORE 3:4 +FLAGS.SILENT (\Flagged)
S: * ESEARCH (TAG "c1") ADDTO (2 4,3)
S: * ESEARCH (TAG "c2") UID ADDTO (2 3:4)
S~ d2 OK .*
C: d3 STORE 1 +FLAGS.SILENT (\Flagged)
S: * ESEARCH (TAG "c1") ADDTO (4 1)
S: * ESEARCH (TAG "c2") UID ADDTO (2 1)
S~ d3 OK .*
C: d4 STORE 2,5 -FLAGS.SILENT (\Flagged)
S: * ESEARCH (TAG "c1") REMOVEFROM (1 2 4 5)
S: * ESEARCH (TAG "c2") UID REMOVEFROM (1 5 4 2)
S~ d4 OK .*
# What is new, and what others do: bob 4, cod 3, dora 1.
CONN b
S* \* OK .*
LOGIN alice
C: e1 APPEND sorted (\Flagged) {14+}
C: Subject: coe\r\n (\Flagged) {14+}
C: Subject: aaa\r\n
S~ e1 OK .*
C: e2 SELECT sorted
S* e2 OK .*
C: e3 STORE 4 -FLAGS.SILENT (\Flagged)
S~ e3 OK .*
CONN a
C: e4 NOOP
S~ \* 7 EXISTS
S* \* 4 FETCH .*
S: * ESEARCH (TAG "c1") REMOVEFROM (1 4) ADDTO (1 7 3 6)
S: * ESEARCH (TAG "c2") UID REMOVEFROM (3 4) ADDTO (2 6 4 7)
S~ e4 OK .*
# aaa 7, cod 3, coe 6, dora 1: an expunge is told ahead of it.
CONN b
C: f1 NOOP
S* f1 OK .*
C: f2 STORE 3 +FLAGS.SILENT (\Deleted)
S~ f2 OK .*
C: f3 EXPUNGE
S* f3 OK .*
CONN a
C: f4 NOOP
S: * ESEARCH (TAG "c1") REMOVEFROM (2 3)
S: * ESEARCH (TAG "c2") UID REMOVEFROM (3 3)
S: * 3 EXPUNGE
S* f4 OK .*
C: g1 CANCELUPDATE "c1"
S~ g1 OK .*
C: g2 STORE 1 -FLAGS.SILENT (\Flagged)
S: * ESEARCH (TAG "c2") UID REMOVEFROM (1 1)
S~ g2 OK .*
# How well it matches is kept, too.
C: h1 SORT RETURN (UPDATE ALL) (RELEVANCY) UTF-8 FUZZY SUBJECT eve
S: * ESEARCH (TAG "h1") ALL 4
S~ h1 OK .*
C: h2 APPEND sorted {17+}
C: Subject: evelyn\r\n {14+}
C: Subject: eve\r\n
S: * 8 EXISTS
S* \* ESEARCH \(TAG "h1"\) ADDTO \(2 8,7\)
S~ h2 OK .*
