# SELECTED and SELECTED-DELAYED, and IDLE beside them.       RFC 5465 4, 6.1
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CREATE sel
S~ a0 OK .*
APPEND alice sel
| Subject: one
|
APPEND alice sel
| Subject: two
|
APPEND alice sel
| Subject: three
|
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT sel
S* b1 OK .*
# It may come before there is anything selected.
CONN a
C: a1 NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange))
S~ a1 OK .*
C: a2 SELECT sel
S* a2 OK .*
CONN b
C: b2 STORE 1 +FLAGS (\Answered)
S* b2 OK .*
CONN a
S~ \* 1 FETCH \(UID 1 FLAGS \(.*\\Answered.*\)\)
APPEND alice sel
| Subject: four
|
S: * 4 EXISTS
S: * 1 RECENT
# 6.1.2: expunges wait for a command that may be told of them.
CONN b
C: b3 STORE 1 +FLAGS.SILENT (\Deleted)
S* b3 OK .*
C: b4 EXPUNGE
S* b4 OK .*
CONN a
S~ \* 1 FETCH \(UID 1 FLAGS \(.*\\Deleted.*\)\)
NONE .*
C: a3 FETCH 2 UID
S: * 2 FETCH (UID 2)
S~ a3 OK .*
NONE .*
C: a4 IDLE
S~ \+ .*
S: * 1 EXPUNGE
CONN b
C: b5 UID STORE 2 +FLAGS.SILENT (\Deleted)
S* b5 OK .*
C: b6 EXPUNGE
S* b6 OK .*
CONN a
S~ \* 1 FETCH \(UID 2 FLAGS \(.*\\Deleted.*\)\)
S: * 1 EXPUNGE
# 4: in IDLE it is what was asked for, also of others.
C: DONE
S~ a4 OK .*
C: a5 NOTIFY SET (mailboxes Drafts (MessageNew MessageExpunge))
S~ a5 OK .*
C: a6 IDLE
S~ \+ .*
APPEND alice sel
| Subject: five
|
NONE .*
APPEND alice Drafts
| Subject: six
|
S~ \* STATUS Drafts \(MESSAGES 1 UIDNEXT \d+\)
C: DONE
S~ a6 OK .*
# What was held back is told when it is wanted again: all of it, with SET.
C: a7 NOTIFY SET (selected (MessageNew (flags) MessageExpunge))
S~ \* \d EXISTS
S* a7 OK .*
# QRESYNC and UIDONLY: VANISHED, and UIDFETCH.
C: a8 ENABLE QRESYNC UIDONLY
S* a8 OK .*
CONN b
C: b7 UID STORE 3 +FLAGS.SILENT (\Deleted)
S* b7 OK .*
C: b8 UID EXPUNGE 3
S* b8 OK .*
CONN a
S: * VANISHED 3
APPEND alice sel
| Subject: seven
|
S~ \* \d EXISTS
S~ \* \d RECENT
S~ \* 6 UIDFETCH \(FLAGS \(\\Recent\)\)
# Two at once are two.
CONN b
C: b9 UID COPY 4:5 sel
S* b9 OK .*
CONN a
S~ \* \d EXISTS
S* \* 7 UIDFETCH \(FLAGS \(.*\)\)
S~ \* 8 UIDFETCH \(FLAGS \(.*\)\)
# The mailbox goes: what SELECTED says is about it no more.
C: a9 UNSELECT
S~ a9 OK .*
APPEND alice sel
| Subject: eight
|
NONE .*
# UNAUTHENTICATE ends it.
C: a10 NOTIFY SET (personal (MessageNew MessageExpunge))
S~ a10 OK .*
C: a11 UNAUTHENTICATE
S~ a11 OK .*
LOGIN alice
APPEND alice sel
| Subject: nine
|
NONE .*
C: a12 SELECT sel
S* a12 OK .*
APPEND alice sel
| Subject: ten
|
C: a13 NOOP
S* \* \d EXISTS
S* a13 OK .*
