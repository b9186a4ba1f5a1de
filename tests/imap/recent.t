# \Recent: who selects read-write first is told, and nobody else.
#                                       RFC 3501 2.3.2, 6.4.4, 7.3.1, 7.3.2
APPEND alice INBOX
| Subject: one
|
APPEND alice INBOX (\Seen)
| Subject: two
|
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 STATUS INBOX (RECENT MESSAGES)
S: * STATUS INBOX (MESSAGES 2 RECENT 2)
S~ a1 OK .*
C: a2 LIST "" INBOX RETURN (STATUS (RECENT))
S* \* STATUS INBOX \(RECENT 2\)
S~ a2 OK .*
# Who only looks takes nothing from others.
C: a3 EXAMINE INBOX
S: * 2 EXISTS
S: * 2 RECENT
S* a3 OK .*
C: a4 FETCH 1:2 FLAGS
S: * 1 FETCH (FLAGS (\Recent))
S: * 2 FETCH (FLAGS (\Seen \Recent))
S~ a4 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT INBOX
S: * 2 EXISTS
S: * 2 RECENT
S* b1 OK .*
C: b2 UID FETCH 1:* FLAGS
S~ \* 1 FETCH \(UID (?P<one>\d+) FLAGS \(\\Recent\)\)
S~ \* 2 FETCH \(UID \d+ FLAGS \(\\Seen \\Recent\)\)
S~ b2 OK .*
C: b3 STORE 1 FLAGS (\Flagged)
S: * 1 FETCH (FLAGS (\Flagged \Recent))
S~ b3 OK .*
C: b4 SEARCH RECENT
S: * SEARCH 1 2
S~ b4 OK .*
C: b5 SEARCH NEW
S: * SEARCH 1
S~ b5 OK .*
C: b6 SEARCH OLD
S: * SEARCH
S~ b6 OK .*
# It is no one's to set.
C: b7 STORE 1 +FLAGS (\Recent)
S~ b7 BAD .*
# The next one is not the first.
CONN c
S* \* OK .*
LOGIN alice
C: c1 STATUS INBOX (RECENT)
S: * STATUS INBOX (RECENT 0)
S~ c1 OK .*
C: c2 SELECT INBOX
S: * 2 EXISTS
S: * 0 RECENT
S* c2 OK .*
C: c3 SEARCH OLD
S: * SEARCH 1 2
S~ c3 OK .*
C: c4 SEARCH RECENT
S: * SEARCH
S~ c4 OK .*
C: c5 UID FETCH ${one} FLAGS
S: * 1 FETCH (UID ${one} FLAGS (\Flagged))
S~ c5 OK .*
# What comes while several have it selected is new to the first of them.
APPEND alice INBOX
| Subject: three
|
C: c6 NOOP
S: * 3 EXISTS
S: * 1 RECENT
S~ c6 OK .*
CONN b
C: b8 NOOP
S: * 3 EXISTS
S~ b8 OK .*
C: b9 SEARCH RECENT
S: * SEARCH 1 2
S~ b9 OK .*
CONN c
C: d1 SEARCH RECENT
S: * SEARCH 3
S~ d1 OK .*
# And to whom only looks, until it is asked for again.
CONN a
C: e1 NOOP
S{
S: * 3 EXISTS
S: * 1 FETCH (UID ${one} FLAGS (\Flagged \Recent))
S: * 3 RECENT
}
S~ e1 OK .*
C: e2 EXAMINE INBOX
S~ \* OK \[CLOSED\] .*
S: * 3 EXISTS
S: * 0 RECENT
S* e2 OK .*
# Those that go are not counted.
CONN b
C: f1 STORE 2 +FLAGS.SILENT (\Deleted)
S~ f1 OK .*
C: f2 EXPUNGE
S: * 2 EXPUNGE
S: * 1 RECENT
S~ f2 OK .*
# A copy is recent where it comes to (6.4.7), and is counted until it is told
# of or has gone.
C: f3 COPY 1 Archive
S~ f3 OK .*
C: f4 STATUS Archive (RECENT)
S: * STATUS Archive (RECENT 1)
S~ f4 OK .*
C: f5 SELECT Archive
S~ \* OK \[CLOSED\] .*
S: * 1 EXISTS
S: * 1 RECENT
S* f5 OK .*
C: f6 COPY 1 Archive
S* \* 2 EXISTS
S: * 2 RECENT
S~ f6 OK .*
# It is new once: also by IDLE.
C: f7 IDLE
S~ \+ .*
APPEND alice Archive
| Subject: four
|
S: * 3 EXISTS
S: * 3 RECENT
C: DONE
S~ f7 OK .*
C: f8 SELECT Archive
S~ \* OK \[CLOSED\] .*
S: * 3 EXISTS
S: * 0 RECENT
S* f8 OK .*
