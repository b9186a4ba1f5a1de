# Two sessions, one expunges under the other.       RFC 3501 5.5, 7.4.1
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
S* \* 3 EXISTS
S* a1 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT INBOX
S* \* 3 EXISTS
S* b1 OK .*
C: b2 STORE 1 +FLAGS.SILENT (\Deleted)
S* b2 OK .*
C: b3 EXPUNGE
S: * 1 EXPUNGE
S~ b3 OK .*
# The other one's numbers stay until it may be told: not in FETCH or STORE.
CONN a
C: a2 FETCH 2 BODY.PEEK[HEADER.FIELDS (SUBJECT)]
S~ \* 2 FETCH .*
S: Subject: two
S: 
S: )
S~ a2 (OK|NO) .*
C: a3 STORE 3 +FLAGS (\Flagged)
S~ \* 3 FETCH \(.*\\Flagged.*\)
S~ a3 OK .*
# The message that is gone is still there for those who were not told.
#                                                            RFC 2180 4.1.2
C: a4 FETCH 1 (BODY.PEEK[TEXT])
S: * 1 FETCH (BODY[TEXT] {5}
S: one
S: )
S~ a4 OK .*
C: a5 NOOP
S: * 1 EXPUNGE
S: * 2 RECENT
S~ a5 OK .*
C: a6 FETCH 2 BODY.PEEK[HEADER.FIELDS (SUBJECT)]
S~ \* 2 FETCH .*
S: Subject: three
S: 
S: )
S~ a6 OK .*
# And both at once: each expunges what the other does.
C: a7 STORE 1:2 +FLAGS.SILENT (\Deleted)
S* a7 OK .*
C: a8 EXPUNGE
S~ \* [12] EXPUNGE
S~ \* 1 EXPUNGE
S: * 0 RECENT
S~ a8 OK .*
CONN b
C: b4 EXPUNGE
S* b4 OK .*
C: b5 NOOP
S* b5 OK .*
MAIL alice new
C: b6 NOOP
S* \* 1 EXISTS
S* b6 OK .*
