# MOVE and UID MOVE.                               RFC 6851, RFC 9051 6.4.8
APPEND alice INBOX (\Seen $Label)
| Subject: one
|
| one
APPEND alice INBOX
| Subject: two
|
| two
APPEND alice INBOX (\Deleted)
| Subject: three
|
| three
APPEND alice INBOX
| Subject: four
|
| four
PORT imaps
S* \* OK .*
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* MOVE\b).* UIDPLUS\b.*
S~ a0 OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 FETCH 1:* (UID)
S~ \* 1 FETCH \(UID (?P<one>\d+)\)
S~ \* 2 FETCH \(UID (?P<two>\d+)\)
S~ \* 3 FETCH \(UID (?P<three>\d+)\)
S~ \* 4 FETCH \(UID (?P<four>\d+)\)
S~ a2 OK .*
# COPYUID comes first, \Deleted is none of its business.   RFC 6851 3.3, 4.3
C: a3 MOVE 1,4 Archive
S~ \* OK \[COPYUID (?P<validity>\d+) ${one},${four} (?P<first>\d+):(?P<last>\d+)\] .*
S: * 4 EXPUNGE
S: * 1 EXPUNGE
S: * 2 RECENT
S~ a3 OK [^\[]*
C: a4 UID MOVE ${two} Archive
S~ \* OK \[COPYUID ${validity} ${two} (?P<more>\d+)\] .*
S: * 1 EXPUNGE
S: * 1 RECENT
S~ a4 OK .*
C: a5 FETCH 1:* (UID FLAGS)
S~ \* 1 FETCH \(UID ${three} FLAGS \(\\Deleted \\Recent\)\)
S~ a5 OK .*
C: a6 UID MOVE ${one} Archive
S~ a6 OK [^\[]*
# To where it is: it becomes the last one.                 RFC 6851 3.3
APPEND alice INBOX
| Subject: five
|
| five
C: a7 NOOP
S: * 2 EXISTS
S: * 2 RECENT
S~ a7 OK .*
C: a8 MOVE 1 INBOX
S~ \* OK \[COPYUID \d+ ${three} (?P<again>\d+)\] .*
S: * 1 EXPUNGE
S: * 2 EXISTS
S~ a8 OK .*
C: a9 FETCH 1:* (UID FLAGS)
S~ \* 1 FETCH .*
S~ \* 2 FETCH \(UID ${again} FLAGS \(\\Deleted \\Recent\)\)
S~ a9 OK .*
C: b1 SELECT Archive
S* \* 3 EXISTS
S* b1 OK .*
C: b2 FETCH 1:* (UID FLAGS)
S~ \* 1 FETCH \(UID ${first} FLAGS \(\\Seen \\Recent \$Label\)\)
S~ \* 2 FETCH \(UID ${last} FLAGS \(\\Recent\)\)
S~ \* 3 FETCH \(UID ${more} FLAGS \(\\Recent\)\)
S~ b2 OK .*
C: b3 FETCH 2 BODY.PEEK[]
S: * 2 FETCH (BODY[] {23}
S: Subject: four
S: 
S: four
S: )
S~ b3 OK .*
# And back.
C: b4 MOVE 1:* INBOX
S~ \* OK \[COPYUID \d+ \d+:\d+ \d+:\d+\] .*
S: * 3 EXPUNGE
S: * 2 EXPUNGE
S: * 1 EXPUNGE
S: * 0 RECENT
S~ b4 OK .*
C: b5 STATUS INBOX (MESSAGES UNSEEN)
S: * STATUS INBOX (MESSAGES 5 UNSEEN 4)
S~ b5 OK .*
