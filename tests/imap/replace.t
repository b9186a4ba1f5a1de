# A message takes the place of another.                             RFC 8508
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* REPLACE\b).*
S~ a0 OK .*
C: a1 APPEND INBOX (\Flagged) {3+}
C: one (\Flagged) {3+}
C: two (\Flagged) {5+}
C: three
S~ a1 OK .*
C: a2 SELECT INBOX
S* a2 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT INBOX
S* b1 OK .*
CONN a
# The new one is there before the old one is gone; its flags are its own.
C: c1 REPLACE 2 INBOX (\Draft) {4}
S~ \+ .*
C: deux
S~ \* OK \[APPENDUID \d+ (?P<uid>\d+)\] .*
S: * 2 EXPUNGE
S: * 3 EXISTS
S* c1 OK .*
C: c2 FETCH 3 (UID FLAGS BODY.PEEK[])
S~ \* 3 FETCH \(UID ${uid} FLAGS \((?!.*\\Flagged)(?=.*\\Draft).*\) BODY\[\] \{4\}
S: deux)
S~ c2 OK .*
CONN b
C: b2 NOOP
S* \* 2 EXPUNGE
S* b2 OK .*
# By its UID, into another mailbox.
CONN a
C: d1 UID REPLACE ${uid} Sent (\Seen) {5+}
C: drei!
S~ \* OK \[APPENDUID \d+ \d+\] .*
S: * 3 EXPUNGE
S* d1 OK .*
C: d2 STATUS Sent (MESSAGES UNSEEN)
S: * STATUS Sent (MESSAGES 1 UNSEEN 0)
S~ d2 OK .*
C: d3 REPLACE * {4+}
C: Sent {5+}
C: three
S~ \* OK \[APPENDUID .*\] .*
S: * 2 EXPUNGE
S* d3 OK .*
# What has gone is not replaced, and nothing is appended.
C: e1 UID REPLACE ${uid} Sent {5+}
C: again
S~ e1 NO .*
C: e2 REPLACE 2 Sent {5+}
C: again
S~ e2 BAD .*
C: e3 REPLACE 1 nothing {5}
S~ e3 NO \[TRYCREATE\] .*
C: e4 REPLACE 1 Sent {5+}
C: again {5+}
C: twice
S~ e4 BAD .*
C: e5 REPLACE 1:2 Sent {5+}
C: again
S~ e5 BAD .*
C: e6 REPLACE 1 Sent {0}
S~ e6 NO .*
# Somebody else was faster.
CONN b
C: b3 UID STORE 1:* +FLAGS.SILENT (\Deleted)
S* b3 OK .*
C: b4 EXPUNGE
S* b4 OK .*
CONN a
C: f1 REPLACE 1 Sent {5+}
C: again
S* f1 NO \[(EXPUNGEISSUED|NONEXISTENT)\] .*
C: f2 STATUS Sent (MESSAGES)
S: * STATUS Sent (MESSAGES 2)
S~ f2 OK .*
C: g1 EXAMINE Sent
S* g1 OK .*
C: g2 REPLACE 1 Sent {5}
S~ g2 NO \[NOPERM\] .*
C: g3 UNSELECT
S~ g3 OK .*
C: g4 REPLACE 1 Sent {5}
S~ g4 BAD .*
C: g5 UID REPLACE 1 Sent {13+}
C: x1 LOGOUT\r\n\r\n
S~ g5 BAD .*
