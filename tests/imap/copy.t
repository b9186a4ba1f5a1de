# COPY and UID COPY.                 RFC 3501 6.4.7, RFC 4315 3, RFC 9051 6.4.7
APPEND alice INBOX (\Seen $Label) " 1-Feb-2020 10:11:12 +0130"
| Subject: one
|
| one
APPEND alice INBOX
| Subject: two
|
| two
APPEND alice INBOX (\Deleted \Flagged)
| Subject: three
|
| three
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* \* OK \[UIDNEXT (?P<next>\d+)\].*
S* a1 OK .*
C: a3 FETCH 1:* (UID)
S~ \* 1 FETCH \(UID (?P<one>\d+)\)
S~ \* 2 FETCH \(UID (?P<two>\d+)\)
S~ \* 3 FETCH \(UID (?P<three>\d+)\)
S~ a3 OK .*
C: a4 COPY 1,3 Archive
S~ a4 OK \[COPYUID (?P<validity>\d+) ${one},${three} (?P<first>\d+):(?P<last>\d+)\] .*
C: a5 UID COPY ${two}:${three} "archive"
S~ a5 NO \[TRYCREATE\] .*
C: a6 UID COPY ${two} "Archive"
S~ a6 OK \[COPYUID ${validity} ${two} (?P<more>\d+)\] .*
# What was copied is still there, and as it was.
C: a7 FETCH 1 (FLAGS)
S~ \* 1 FETCH \(FLAGS \(\\Seen \\Recent \$Label\)\)
S~ a7 OK .*
# The copies have flags, dates and octets.
C: a8 EXAMINE Archive
S* \* 3 EXISTS
S* \* OK \[UIDVALIDITY ${validity}\] .*
S* a8 OK .*
C: a9 FETCH 1:* (UID FLAGS INTERNALDATE)
S~ \* 1 FETCH \(UID ${first} FLAGS \(\\Seen \\Recent \$Label\) INTERNALDATE " 1-Feb-2020 10:11:12 \+0130"\)
S~ \* 2 FETCH \(UID ${last} FLAGS \((?=.*\\Deleted)(?=.*\\Flagged).*\) INTERNALDATE .*\)
S~ \* 3 FETCH \(UID ${more} FLAGS \(\\Recent\) .*\)
S~ a9 OK .*
C: a10 FETCH 1,3 BODY.PEEK[TEXT]
S: * 1 FETCH (BODY[TEXT] {5}
S: one
S: )
S: * 3 FETCH (BODY[TEXT] {5}
S: two
S: )
S~ a10 OK .*
# Into the mailbox that is selected: the same message, another UID.
C: a11 SELECT INBOX
S* a11 OK .*
C: a12 COPY 2 INBOX
S: * 4 EXISTS
S: * 1 RECENT
S~ a12 OK \[COPYUID \d+ ${two} ${next}\] .*
# Each has its own flags from then on.
C: a13 STORE 4 +FLAGS (\Answered)
S~ \* 4 FETCH \(FLAGS \(\\Answered \\Recent\)\)
S~ a13 OK .*
C: a14 FETCH 2,4 (FLAGS)
S~ \* 2 FETCH \(FLAGS \(\)\)
S~ \* 4 FETCH \(FLAGS \(\\Answered \\Recent\)\)
S~ a14 OK .*
# One goes, the other stays.
C: a15 STORE 2:3 +FLAGS.SILENT (\Deleted)
S~ a15 OK .*
C: a16 EXPUNGE
S: * 3 EXPUNGE
S: * 2 EXPUNGE
S~ a16 OK .*
C: a17 FETCH 2 BODY.PEEK[TEXT]
S: * 2 FETCH (BODY[TEXT] {5}
S: two
S: )
S~ a17 OK .*
# A copy of a copy.
C: a18 COPY 2 Sent
S~ a18 OK \[COPYUID \d+ ${next} \d+\] .*
# Nothing to copy is no failure.                                6.4.8
C: a19 UID COPY 4000000000 Sent
S~ a19 OK [^\[]*
# An empty mailbox has no "*".
C: a20 SELECT Trash
S* a20 OK .*
C: a21 COPY * INBOX
S~ a21 OK [^\[]*
