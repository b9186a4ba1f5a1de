# Parts of a result.                                                RFC 9394
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* PARTIAL\b).*
S~ a0 OK .*
C: a1 CREATE parts
S~ a1 OK .*
C: a2 APPEND parts () {3+}
C: one () {3+}
C: two (\Flagged) {5+}
C: three (\Flagged) {4+}
C: four () {4+}
C: five (\Flagged) {3+}
C: six
S~ a2 OK .*
C: a3 SELECT parts
S* a3 OK .*
C: a4 UID STORE 1,5 +FLAGS.SILENT (\Deleted)
S* a4 OK .*
C: a5 EXPUNGE
S* a5 OK .*
# UIDs 2, 3, 4 and 6 are 1 to 4 now.
C: b1 UID SEARCH RETURN (PARTIAL 1:2) ALL
S: * ESEARCH (TAG "b1") UID PARTIAL (1:2 2:3)
S~ b1 OK .*
C: b2 SEARCH RETURN (PARTIAL 4:3) ALL
S: * ESEARCH (TAG "b2") PARTIAL (4:3 3:4)
S~ b2 OK .*
C: b3 UID SEARCH RETURN (PARTIAL -1:-2) ALL
S: * ESEARCH (TAG "b3") UID PARTIAL (-1:-2 4,6)
S~ b3 OK .*
C: b4 UID SEARCH RETURN (PARTIAL -4:-2 COUNT) ALL
S: * ESEARCH (TAG "b4") UID COUNT 4 PARTIAL (-4:-2 2:4)
S~ b4 OK .*
# Beyond the end there is nothing; over it, less.
C: b5 UID SEARCH RETURN (PARTIAL 4:500) ALL
S: * ESEARCH (TAG "b5") UID PARTIAL (4:500 6)
S~ b5 OK .*
C: b6 UID SEARCH RETURN (PARTIAL 5:500) ALL
S: * ESEARCH (TAG "b6") UID PARTIAL (5:500 NIL)
S~ b6 OK .*
C: b7 UID SEARCH RETURN (PARTIAL -3:-500) FLAGGED
S: * ESEARCH (TAG "b7") UID PARTIAL (-3:-500 3)
S~ b7 OK .*
C: b8 UID SEARCH RETURN (PARTIAL 1:4294967295 MIN MAX) DRAFT
S: * ESEARCH (TAG "b8") UID PARTIAL (1:4294967295 NIL)
S~ b8 OK .*
# The highest modseq is that of what is told.          RFC 4731 3.2, RFC 7162
C: b9 UID FETCH 3,6 MODSEQ
S* \* 2 FETCH \(UID 3 MODSEQ \((?P<m3>\d+)\)\)
S~ \* 4 FETCH \(UID 6 MODSEQ \((?P<m6>\d+)\)\)
S~ b9 OK .*
C: b10 UID SEARCH RETURN (PARTIAL -1:-1) MODSEQ 1
S: * ESEARCH (TAG "b10") UID PARTIAL (-1:-1 6) MODSEQ ${m6}
S~ b10 OK .*
# What "$" is then.                                                 RFC 9394 3.2
C: c1 UID SEARCH RETURN (SAVE PARTIAL 2:3) ALL
S: * ESEARCH (TAG "c1") UID PARTIAL (2:3 3:4)
S~ c1 OK .*
C: c2 UID SEARCH $
S~ \* SEARCH 3 4
S~ c2 OK .*
C: c3 UID SEARCH RETURN (SAVE PARTIAL 2:2 MIN MAX) ALL
S: * ESEARCH (TAG "c3") UID MIN 2 MAX 6 PARTIAL (2:2 3)
S~ c3 OK .*
C: c4 UID SEARCH $
S~ \* SEARCH 2 3 6
S~ c4 OK .*
C: c5 UID SEARCH RETURN (SAVE PARTIAL 1:4 MIN MAX) ALL
S: * ESEARCH (TAG "c5") UID MIN 2 MAX 6 PARTIAL (1:4 2:4,6)
S~ c5 OK .*
C: c6 UID SEARCH $
S~ \* SEARCH 2 3 4 6
S~ c6 OK .*
C: c7 UID SEARCH RETURN (SAVE PARTIAL 2:2 COUNT) ALL
S: * ESEARCH (TAG "c7") UID COUNT 4 PARTIAL (2:2 3)
S~ c7 OK .*
C: c8 UID SEARCH $
S~ \* SEARCH 2 3 4 6
S~ c8 OK .*
C: c9 UID SEARCH RETURN (SAVE PARTIAL 9:10) ALL
S: * ESEARCH (TAG "c9") UID PARTIAL (9:10 NIL)
S~ c9 OK .*
C: c10 UID SEARCH $
S: * SEARCH
S~ c10 OK .*
# UID FETCH: a part of what the set names.                          RFC 9394 3.3
C: d1 UID FETCH 1:* (UID) (PARTIAL -1:-3)
S: * 2 FETCH (UID 3)
S: * 3 FETCH (UID 4)
S: * 4 FETCH (UID 6)
S~ d1 OK .*
C: d2 UID FETCH 3:* (UID) (PARTIAL 1:1)
S: * 2 FETCH (UID 3)
S~ d2 OK .*
C: d3 UID FETCH 2:3,99:* (UID) (PARTIAL 3:4)
S: * 4 FETCH (UID 6)
S~ d3 OK .*
C: d4 UID FETCH 2:3,99:* (UID) (PARTIAL 2:3)
S: * 2 FETCH (UID 3)
S: * 4 FETCH (UID 6)
S~ d4 OK .*
C: d5 UID FETCH 99:* (UID) (PARTIAL 2:3)
S~ d5 OK .*
# The part first, and of that what has changed.                     RFC 9394 3.4
C: d6 UID FETCH 1:* (UID) (PARTIAL -1:-2 CHANGEDSINCE ${m3})
S~ d6 OK .*
C: d7 UID STORE 6 +FLAGS.SILENT (\Answered)
S* d7 OK .*
C: d8 UID FETCH 1:* (UID) (CHANGEDSINCE ${m6} PARTIAL -1:-2)
S~ \* 4 FETCH \(UID 6 MODSEQ \(\d+\)\)
S~ d8 OK .*
# Refused.
C: e1 SEARCH RETURN (PARTIAL 1:2 ALL) ALL
S~ e1 BAD .*
C: e2 SEARCH RETURN (PARTIAL 1:2 PARTIAL 3:4) ALL
S~ e2 BAD .*
C: e3 SEARCH RETURN (PARTIAL 1:-2) ALL
S~ e3 BAD .*
C: e4 SEARCH RETURN (PARTIAL 0:2) ALL
S~ e4 BAD .*
C: e5 SORT RETURN (PARTIAL 1:2 ALL) (DATE) UTF-8 ALL
S~ e5 BAD .*
C: e6 FETCH 1:* (UID) (PARTIAL 1:2)
S~ e6 BAD .*
C: e7 UID FETCH 1:* (UID) (PARTIAL 1:*)
S~ e7 BAD .*
C: f1 UNSELECT
S~ f1 OK .*
C: f2 DELETE parts
S~ f2 OK .*
