# RFC 3501 6.4.3, 7.4.1; RFC 4315 UID EXPUNGE.
APPEND alice INBOX (\Deleted)
| Subject: one
|
APPEND alice INBOX
| Subject: two
|
APPEND alice INBOX (\Deleted)
| Subject: three
|
APPEND alice INBOX (\Deleted)
| Subject: four
|
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* \* 4 EXISTS
S* \* OK \[UIDNEXT (?P<next>\d+)\].*
S* a1 OK .*
C: a2 FETCH 4 UID
S~ \* 4 FETCH \(UID (?P<four>\d+)\)
S~ a2 OK .*
C: a3 UID EXPUNGE ${four}
S: * 4 EXPUNGE
S: * 3 RECENT
S~ a3 OK .*
# Each number as it is when it is told.
C: a4 EXPUNGE
S~ \* [13] EXPUNGE
S~ \* [12] EXPUNGE
S: * 1 RECENT
S~ a4 OK .*
C: a5 FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]
S~ \* 1 FETCH .*
S: Subject: two
S: 
S: )
S~ a5 OK .*
C: a6 EXPUNGE
S~ a6 OK .*
# A UID is never used again.
APPEND alice INBOX
| Subject: five
|
C: a7 NOOP
S* \* 2 EXISTS
S* a7 OK .*
C: a8 FETCH 2 UID
S~ \* 2 FETCH \(UID ${next}\)
S~ a8 OK .*
