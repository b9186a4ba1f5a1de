# COPY and MOVE, and what another session hears of them.     RFC 3501 7.4.1
APPEND alice INBOX
| Subject: one
|
| one
APPEND alice INBOX
| Subject: two
|
| two
APPEND alice INBOX
| Subject: three
|
| three
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT INBOX
S* b1 OK .*
CONN t
S* \* OK .*
LOGIN alice
C: t1 SELECT Archive
S* \* 0 EXISTS
S* t1 OK .*
C: t2 IDLE
S~ \+ .*
CONN b
C: b2 MOVE 1 Archive
S~ \* OK \[COPYUID .*
S: * 1 EXPUNGE
S~ b2 OK .*
# Who looks at the other mailbox hears of it at once.
CONN t
S: * 1 EXISTS
C: DONE
S* t2 OK .*
# Whoever was not told keeps the numbers, and can still read it.
CONN a
C: a2 FETCH 1 BODY.PEEK[TEXT]
S: * 1 FETCH (BODY[TEXT] {5}
S: one
S: )
S~ a2 OK .*
# It is not moved twice; the others of the set are.        RFC 6851 3.3
C: a3 MOVE 1:2 Archive
S~ \* OK \[COPYUID \d+ \d+ \d+\] .*
S: * 2 EXPUNGE
S: * 1 EXPUNGE
S: * 1 RECENT
S~ a3 NO \[EXPUNGEISSUED\] .*
CONN t
C: t3 NOOP
S: * 2 EXISTS
S: * 2 RECENT
S~ t3 OK .*
# A flag here is none there.
CONN b
C: b3 NOOP
S: * 1 EXPUNGE
S~ b3 OK .*
C: b4 COPY 1 Archive
S~ b4 OK \[COPYUID .*
C: b5 STORE 1 +FLAGS (\Flagged)
S~ \* 1 FETCH .*
S~ b5 OK .*
CONN t
C: t4 NOOP
S: * 3 EXISTS
S: * 3 RECENT
S~ t4 OK .*
C: t5 FETCH 3 (FLAGS)
S~ \* 3 FETCH \(FLAGS \(\\Recent\)\)
S~ t5 OK .*
# What somebody else expunged can be copied as long as it can be read.
CONN b
C: b6 STORE 1 +FLAGS.SILENT (\Deleted)
S* b6 OK .*
CONN a
C: a4 STORE 1 FLAGS.SILENT (\Deleted \Seen)
S* a4 OK .*
CONN b
C: b7 EXPUNGE
S* \* 1 EXPUNGE
S~ b7 OK .*
CONN a
C: a5 COPY 1 Sent
S* a5 OK \[COPYUID .*
C: a6 SELECT Sent
S* \* 1 EXISTS
S* a6 OK .*
C: a7 FETCH 1 (FLAGS BODY.PEEK[TEXT])
S~ \* 1 FETCH \(FLAGS \((?=.*\\Seen).*\) BODY\[TEXT\] \{7\}
S: three
S: )
S~ a7 OK .*
