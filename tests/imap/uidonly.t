# UIDONLY: there are no message numbers.                            RFC 9586
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CREATE uids
S~ a0 OK .*
C: a1 APPEND uids {3+}
C: one (\Flagged) {3+}
C: two {5+}
C: three
S~ a1 OK .*
C: a2 SELECT uids
S* a2 OK .*
C: a3 STORE 1 +FLAGS.SILENT (\Deleted)
S* a3 OK .*
C: a4 EXPUNGE
S: * 1 EXPUNGE
S* a4 OK .*
C: b0 CAPABILITY
S~ \* CAPABILITY (?=.* UIDONLY\b).*
S~ b0 OK .*
C: b1 ENABLE UIDONLY
S: * ENABLED UIDONLY
S~ b1 OK .*
C: b2 FETCH 1 FLAGS
S~ b2 BAD \[UIDREQUIRED\] .*
C: b3 STORE 1 FLAGS ()
S~ b3 BAD \[UIDREQUIRED\] .*
C: b4 SEARCH ALL
S~ b4 BAD \[UIDREQUIRED\] .*
C: b5 SORT (SIZE) UTF-8 ALL
S~ b5 BAD \[UIDREQUIRED\] .*
C: b6 THREAD REFERENCES UTF-8 ALL
S~ b6 BAD \[UIDREQUIRED\] .*
C: b7 COPY 1 INBOX
S~ b7 BAD \[UIDREQUIRED\] .*
C: b8 MOVE 1 INBOX
S~ b8 BAD \[UIDREQUIRED\] .*
C: b9 REPLACE 1 INBOX {3+}
C: abc
S~ b9 BAD \[UIDREQUIRED\] .*
C: c1 UID SEARCH OR UNSEEN (NOT 1)
S~ c1 BAD \[UIDREQUIRED\] .*
C: c2 UID SEARCH RETURN (SAVE ALL) UNSEEN
S: * ESEARCH (TAG "c2") UID ALL 2:3
S~ c2 OK .*
C: c3 UID SEARCH $
S: * SEARCH 2 3
S~ c3 OK .*
C: c4 UID FETCH 2:* (UID FLAGS)
S~ \* 2 UIDFETCH \(FLAGS \(\\Flagged( \\Recent)?\)\)
S~ \* 3 UIDFETCH \(FLAGS \((\\Recent)?\)\)
S~ c4 OK .*
C: c5 UID STORE 3 +FLAGS (\Seen)
S~ \* 3 UIDFETCH \(FLAGS \(\\Seen( \\Recent)?\)\)
S~ c5 OK .*
# What others do, and with modseqs.
CONN b
S* \* OK .*
LOGIN alice
C: d1 SELECT uids
S* d1 OK .*
C: d2 STORE 2 +FLAGS (\Answered)
S* d2 OK .*
CONN a
C: d3 NOOP
S~ \* 3 UIDFETCH \(FLAGS \(\\Seen \\Answered( \\Recent)?\)\)
S~ d3 OK .*
C: d4 ENABLE CONDSTORE
S~ \* ENABLED CONDSTORE
S* d4 OK .*
C: d5 UID STORE 2 -FLAGS (\Flagged)
S~ \* 2 UIDFETCH \(MODSEQ \(\d+\) FLAGS \((\\Recent)?\)\)
S~ d5 OK .*
CONN b
C: d6 STORE 1 +FLAGS.SILENT (\Deleted)
S* d6 OK .*
C: d7 EXPUNGE
S* d7 OK .*
CONN a
C: e1 NOOP
S: * VANISHED 2
S* e1 OK .*
C: e2 SELECT uids
S~ \* OK \[CLOSED\] .*
S: * 1 EXISTS
NONE \* OK \[UNSEEN.*
S* e2 OK .*
C: e3 ENABLE QRESYNC
S~ \* ENABLED QRESYNC
S* e3 OK .*
C: e4 SELECT uids (QRESYNC (1 1 1:3 (1 1)))
S~ e4 BAD \[UIDREQUIRED\] .*
C: e5 UID EXPUNGE 3
S* e5 OK .*
