# QRESYNC: a client that comes back hears what it missed.      RFC 7162 3.2
APPEND alice INBOX
| Subject: one
|
APPEND alice INBOX
| Subject: two
|
APPEND alice INBOX
| Subject: three
|
APPEND alice INBOX
| Subject: four
|
APPEND alice INBOX
| Subject: five
|
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* \* OK \[UIDVALIDITY (?P<validity>\d+)\] .*
S* \* OK \[HIGHESTMODSEQ (?P<high>\d+)\] .*
S* a1 OK .*
# Not before it is enabled.                                          3.2.3
C: a2 SELECT INBOX (QRESYNC (${validity} ${high}))
S~ a2 BAD .*
C: a3 UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)
S* a3 BAD .*
C: a4 FETCH 1:* (UID)
S~ \* 1 FETCH \(UID (?P<one>\d+)\)
S~ \* 2 FETCH \(UID (?P<two>\d+)\)
S~ \* 3 FETCH \(UID (?P<three>\d+)\)
S~ \* 4 FETCH \(UID (?P<four>\d+)\)
S~ \* 5 FETCH \(UID (?P<five>\d+)\)
S~ a4 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 ENABLE QRESYNC
S: * ENABLED QRESYNC
S~ b1 OK .*
C: b2 SELECT INBOX
S* b2 OK .*
# VANISHED instead of EXPUNGE, in one, and the modseq with the answer. 3.2.7
C: b3 STORE 2:4 +FLAGS.SILENT (\Deleted)
S* b3 OK .*
C: b4 UID EXPUNGE ${two}
S: * VANISHED ${two}
S~ b4 OK \[HIGHESTMODSEQ (?P<first>\d+)\] .*
C: b5 EXPUNGE
S: * VANISHED ${three}:${four}
S~ b5 OK \[HIGHESTMODSEQ (?P<second>\d+)\] .*
C: b6 STORE 2 +FLAGS.SILENT (\Flagged)
S~ \* 2 FETCH \(UID ${five} MODSEQ \((?P<flagged>\d+)\)\)
S~ b6 OK .*
# While numbers count nothing may vanish; what is told then does not hide what
# is still to be told.                                          3.2, 3.2.10.2
CONN c
S* \* OK .*
LOGIN alice
C: c1 ENABLE QRESYNC
S* c1 OK .*
C: c2 SELECT INBOX
S: * 2 EXISTS
S* c2 OK .*
CONN b
C: b7 STORE 1 +FLAGS.SILENT (\Deleted)
S* b7 OK .*
C: b8 EXPUNGE
S: * VANISHED ${one}
S* b8 OK .*
C: b9 STORE 1 +FLAGS.SILENT (\Answered)
S* b9 OK .*
CONN c
C: c3 FETCH 2 FLAGS
S~ \* 2 FETCH \(FLAGS \(\\Answered \\Flagged.*\)\)
S~ \* 2 FETCH \(UID ${five} FLAGS \(\\Answered \\Flagged.*\) MODSEQ \((?P<answered>\d+)\)\)
S~ \* OK \[HIGHESTMODSEQ ${flagged}\] .*
S~ c3 OK .*
C: c4 NOOP
S: * VANISHED ${one}
S~ \* OK \[HIGHESTMODSEQ ${answered}\] .*
S~ c4 OK .*
# Back with what was known at first: what went, what changed.      3.2.5.1
C: d1 SELECT INBOX (QRESYNC (${validity} ${high} ${one}:${five}))
S~ \* OK \[CLOSED\] .*
S: * 1 EXISTS
S* \* OK \[HIGHESTMODSEQ ${answered}\] .*
S* \* VANISHED \(EARLIER\) ${one}:${four}
S~ \* 1 FETCH \(UID ${five} FLAGS \(\\Answered \\Flagged.*\) MODSEQ \(${answered}\)\)
S~ d1 OK \[READ-WRITE\] .*
# Only of what is known, only what went later.
C: d2 EXAMINE INBOX (QRESYNC (${validity} ${first} ${two}:${three} (1 ${five})))
S* \* VANISHED \(EARLIER\) ${three}
S~ d2 OK .*
C: d3 SELECT INBOX (QRESYNC (${validity} ${answered}))
S* \* OK \[PERMANENTFLAGS .*
S~ d3 OK .*
# Another UIDVALIDITY: nothing is said.
C: d4 SELECT INBOX (QRESYNC (1 ${high}))
S* \* OK \[PERMANENTFLAGS .*
S~ d4 OK .*
# The same without selecting again.                                  3.2.6
C: d5 UID FETCH ${one}:* (FLAGS) (CHANGEDSINCE ${second} VANISHED)
S: * VANISHED (EARLIER) ${one}
S~ \* 1 FETCH \(UID ${five} FLAGS .* MODSEQ \(${answered}\)\)
S~ d5 OK .*
C: d6 FETCH 1:* (FLAGS) (CHANGEDSINCE ${second} VANISHED)
S~ d6 BAD .*
C: d7 UID FETCH 1:* (FLAGS) (VANISHED)
S~ d7 BAD .*
# CLOSE says nothing of what it expunges.                            3.2.8
C: d8 STORE 1 +FLAGS.SILENT (\Deleted)
S* d8 OK .*
C: d9 CLOSE
S~ d9 OK [^\[]*
CONN b
C: e1 NOOP
S: * VANISHED ${five}
S* e1 OK .*
# MOVE is told in the same way.
CONN a
C: a5 NOOP
S* a5 OK .*
C: a6 NOOP
S~ a6 OK .*
APPEND alice INBOX
| Subject: six
|
CONN b
C: e2 NOOP
S: * 1 EXISTS
S* e2 OK .*
C: e3 MOVE 1 Archive
S~ \* OK \[COPYUID \d+ (?P<six>\d+) \d+\] .*
S: * VANISHED ${six}
S* e3 OK .*
# Of a mailbox that is removed nobody can say what went: the session ends.
C: f1 CREATE gone
S* f1 OK .*
APPEND alice gone
| Subject: seven
|
C: f2 SELECT gone
S* f2 OK .*
CONN a
C: f3 DELETE gone
S* f3 OK .*
CONN b
C: f4 NOOP
S~ f4 NO .*
S~ \* BYE .*
