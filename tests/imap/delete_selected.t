# Others have the mailbox selected that goes: they see it become empty.
#                                                  RFC 2180 3, RFC 3501 6.3.4
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CREATE box
S~ a1 OK .*
APPEND alice box
| Subject: one
|
| one
APPEND alice box
| Subject: two
|
| two
C: a2 SELECT box
S* a2 OK .*
CONN idler
S* \* OK .*
LOGIN alice
C: i1 EXAMINE box
S* i1 OK .*
C: i2 IDLE
S~ \+ .*
CONN reader
S* \* OK .*
LOGIN alice
C: r1 SELECT box
S* r1 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 DELETE box
S~ b1 OK .*
# In IDLE at once.
CONN idler
S: * 2 EXPUNGE
S: * 1 EXPUNGE
S~ \* NO \[NONEXISTENT\] .*
C: DONE
S~ i2 OK .*
C: i3 CREATE box
S~ i3 OK .*
C: i4 NOOP
S~ i4 OK .*
# The others where it may be said: not in FETCH.                 7.4.1
CONN a
C: a3 FETCH 1:* FLAGS
S~ a3 NO \[NONEXISTENT\] .*
C: a4 STORE 1 +FLAGS (\Seen)
S~ a4 NO \[NONEXISTENT\] .*
C: a5 UID FETCH 1:* FLAGS
S: * 2 EXPUNGE
S: * 1 EXPUNGE
S~ \* NO \[NONEXISTENT\] .*
S~ a5 NO \[NONEXISTENT\] .*
C: a6 NOOP
S~ a6 OK .*
C: a7 EXPUNGE
S~ a7 NO \[NONEXISTENT\] .*
C: a8 IDLE
S~ \+ .*
C: DONE
S~ a8 OK .*
# It is not the new one of this name.
MAIL alice news
APPEND alice box
| Subject: three
|
| three
C: a9 NOOP
S~ a9 OK .*
C: b1 CLOSE
S~ b1 OK .*
C: b2 SELECT box
S* \* 1 EXISTS
S* b2 OK .*
# Or left before anything was said.
CONN reader
C: r2 CLOSE
S~ r2 OK .*
C: r3 SELECT INBOX
S* \* 1 EXISTS
S* r3 OK .*
# One's own.
C: r4 CREATE own
S~ r4 OK .*
C: r5 SELECT own
S* r5 OK .*
C: r6 DELETE own
S~ \* NO \[NONEXISTENT\] .*
S~ r6 OK .*
C: r7 UNSELECT
S~ r7 OK .*
