# CONDSTORE: what changed since, and changes only of what did not. RFC 7162 3.1
APPEND alice INBOX
| Subject: one
|
APPEND alice INBOX
| Subject: two
|
APPEND alice INBOX
| Subject: three
|
PORT imaps
S* \* OK .*
LOGIN alice
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT INBOX
S* b1 OK .*
CONN a
# Nothing of it before it is asked for.
C: a1 SELECT INBOX
S* \* OK \[UIDVALIDITY (?P<validity>\d+)\] .*
S* \* OK \[HIGHESTMODSEQ (?P<high>\d+)\] .*
S* a1 OK .*
C: a2 STORE 1 +FLAGS (\Flagged)
S: * 1 FETCH (FLAGS (\Flagged))
S~ a2 OK .*
C: a3 STORE 1 +FLAGS.SILENT (\Flagged)
S~ a3 OK .*
# The first command that means it says where the mailbox is.          3.1
C: a4 FETCH 1:2 (UID MODSEQ)
S~ \* OK \[HIGHESTMODSEQ (?P<told>\d+)\] .*
S~ \* 1 FETCH \(UID (?P<one>\d+) MODSEQ \((?P<m1>\d+)\)\)
S~ \* 2 FETCH \(UID (?P<two>\d+) MODSEQ \((?P<m2>\d+)\)\)
S~ a4 OK .*
C: a5 STATUS INBOX (HIGHESTMODSEQ)
S~ \* STATUS INBOX \(HIGHESTMODSEQ ${m1}\)
S~ a5 OK .*
# From then on changes carry it, with the UID.                      3.2.4
C: a6 STORE 2 +FLAGS (\Answered)
S~ \* 2 FETCH \(UID ${two} MODSEQ \((?P<m3>\d+)\) FLAGS \(\\Answered\)\)
S~ a6 OK .*
C: a7 STORE 3 +FLAGS.SILENT (\Draft)
S~ \* 3 FETCH \(UID \d+ MODSEQ \((?P<m4>\d+)\)\)
S~ a7 OK .*
# What is so already has not changed.                               3.1.11
C: a8 STORE 3 +FLAGS.SILENT (\Draft)
S~ \* 3 FETCH \(UID \d+ MODSEQ \(${m4}\)\)
S~ a8 OK .*
CONN b
C: b2 NOOP
S* b2 OK .*
C: b3 STORE 1 +FLAGS.SILENT (\Seen)
S~ b3 OK .*
CONN a
C: a9 NOOP
S~ \* 1 FETCH \(UID ${one} FLAGS \(\\Seen \\Flagged\) MODSEQ \((?P<m5>\d+)\)\)
S~ a9 OK .*
# CHANGEDSINCE: a higher one only.                                   3.1.4.1
C: b1 UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${m3})
S~ \* 1 FETCH \(UID ${one} FLAGS \(\\Seen \\Flagged\) MODSEQ \(${m5}\)\)
S~ \* 3 FETCH \(UID (?P<three>\d+) FLAGS \(\\Draft\) MODSEQ \(${m4}\)\)
S~ b1 OK .*
C: b2 FETCH 1:* (FLAGS) (CHANGEDSINCE ${m5})
S~ b2 OK .*
C: b3 FETCH 1:* (FLAGS) (CHANGEDSINCE 0)
S~ b3 BAD .*
# UNCHANGEDSINCE: what has a higher one stays, and is named.         3.1.3
C: c1 STORE 1:3 (UNCHANGEDSINCE ${m3}) +FLAGS (later)
S* \* 2 FETCH \(UID ${two} MODSEQ \((?P<m6>\d+)\) FLAGS \(\\Answered later\)\)
S~ c1 OK \[MODIFIED 1,3\] .*
C: c2 UID STORE ${one}:${three} (UNCHANGEDSINCE ${m3}) +FLAGS.SILENT (later)
S~ c2 OK \[MODIFIED ${one}:${three}\] .*
C: c3 STORE 1 (UNCHANGEDSINCE ${m5}) +FLAGS.SILENT (later)
S~ \* 1 FETCH \(UID ${one} MODSEQ \((?P<m7>\d+)\)\)
S~ c3 OK [^\[]*
# 0 is always too low.
C: c4 STORE 1 (UNCHANGEDSINCE 0) +FLAGS.SILENT (never)
S~ c4 OK \[MODIFIED 1\] .*
C: c5 FETCH 1:3 (FLAGS)
S: * 1 FETCH (FLAGS (\Seen \Flagged later))
S: * 2 FETCH (FLAGS (\Answered later))
S: * 3 FETCH (FLAGS (\Draft))
S~ c5 OK .*
# Whoever lost the race hears why before the answer.
CONN b
C: b4 STORE 3 +FLAGS.SILENT (\Seen)
S* b4 OK .*
CONN a
C: c6 STORE 3 (UNCHANGEDSINCE ${m7}) +FLAGS (\Deleted)
S~ \* 3 FETCH \(UID ${three} FLAGS \(\\Seen \\Draft\) MODSEQ \((?P<m8>\d+)\)\)
S~ c6 OK \[MODIFIED 3\] .*
# A fetch that sets \Seen is a change.                               3.2.4
C: c7 FETCH 2 BODY[TEXT]
S~ \* 2 FETCH \(UID ${two} FLAGS \(\\Seen \\Answered later\) MODSEQ \((?P<m9>\d+)\) BODY.*
S* c7 OK .*
# SEARCH, with and without the name of a flag, and the highest of them. 3.1.5
C: d1 SEARCH MODSEQ ${m8}
S: * SEARCH 2 3 (MODSEQ ${m9})
S~ d1 OK .*
C: d2 SEARCH MODSEQ "/flags/\\\\seen" all ${m9}
S: * SEARCH 2 (MODSEQ ${m9})
S~ d2 OK .*
C: d3 SEARCH NOT MODSEQ ${m8}
S: * SEARCH 1 (MODSEQ ${m7})
S~ d3 OK .*
# Modseqs stay with the messages when they are selected again; CONDSTORE as a
# parameter.                                                         3.1.8
C: e1 SELECT INBOX (CONDSTORE)
S~ \* OK \[CLOSED\] .*
S* \* OK \[HIGHESTMODSEQ ${m9}\] .*
S* e1 OK .*
C: e2 FETCH 1:3 MODSEQ
S: * 1 FETCH (MODSEQ (${m7}))
S: * 2 FETCH (MODSEQ (${m9}))
S: * 3 FETCH (MODSEQ (${m8}))
S~ e2 OK .*
# It is another's to enable; once it is, it is not said again.
CONN c
S* \* OK \[.*CONDSTORE.*QRESYNC.*\] .*
LOGIN alice
C: f1 ENABLE condstore x-nothing
S: * ENABLED CONDSTORE
S~ f1 OK .*
C: f2 ENABLE CONDSTORE
S: * ENABLED
S~ f2 OK .*
