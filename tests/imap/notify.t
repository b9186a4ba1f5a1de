# NOTIFY: told without a command, of what is asked for.    RFC 5465 3.1, 5
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* NOTIFY\b).*
S~ a0 OK .*
C: a1 CREATE lists/one
S~ a1 OK .*
C: a2 CREATE lists/two
S~ a2 OK .*
C: a3 CREATE misc
S~ a3 OK .*
# STATUS of what is watched, by what is wanted of it; not of what is selected.
C: a4 SELECT INBOX
S* a4 OK .*
C: a5 NOTIFY SET STATUS (selected MessageNew (uid body.peek[header.fields (subject)]) MessageExpunge) (subtree lists (MessageNew MessageExpunge)) (mailboxes (misc INBOX nothing) (MessageNew MessageExpunge FlagChange))
S~ a5 BAD .*
C: a6 NOTIFY SET STATUS (selected (MessageNew (uid body.peek[header.fields (subject)]) MessageExpunge)) (subtree lists (MessageNew MessageExpunge)) (mailboxes (misc INBOX nothing) (MessageNew MessageExpunge FlagChange))
S~ \* STATUS lists \(MESSAGES 0 UIDNEXT 1 UIDVALIDITY \d+\)
S~ \* STATUS lists/one \(MESSAGES 0 UIDNEXT 1 UIDVALIDITY \d+\)
S~ \* STATUS lists/two \(MESSAGES 0 UIDNEXT 1 UIDVALIDITY \d+\)
S~ \* STATUS misc \(MESSAGES 0 UIDNEXT 1 UIDVALIDITY \d+ HIGHESTMODSEQ \d+\)
S~ a6 OK .*
# 5.2: what comes, in what is selected and elsewhere.
MAIL alice one
S: * 1 EXISTS
S: * 1 RECENT
S~ \* 1 FETCH \(UID \d+ BODY\[HEADER\.FIELDS \(subject\)\] \{\d+\}
S: Subject: one
S: 
S: )
APPEND alice lists/one
| Subject: two
|
S: * STATUS lists/one (MESSAGES 1 UIDNEXT 2)
# 5.1: flags, where they are wanted.
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT lists/one
S* b1 OK .*
C: b2 STORE 1 +FLAGS (\Flagged)
S* b2 OK .*
C: b3 APPEND misc {4+}
C: test
S~ b3 OK .*
CONN a
S~ \* STATUS misc \(MESSAGES 1 UIDNEXT 2\)
NONE .*
CONN b
C: b4 SELECT misc
S* b4 OK .*
C: b5 STORE 1 +FLAGS (\Seen)
S* b5 OK .*
CONN a
S~ \* STATUS misc \(UIDVALIDITY \d+ UNSEEN 0\)
# Flags of what is selected are not wanted, not even with a command.
CONN b
C: b6 SELECT INBOX
S* b6 OK .*
C: b7 STORE 1 +FLAGS (\Flagged)
S* b7 OK .*
CONN a
C: a7 NOOP
S~ a7 OK .*
# With CONDSTORE there is HIGHESTMODSEQ.
C: a8 ENABLE CONDSTORE
S* a8 OK .*
CONN b
C: b8 COPY 1 misc
S~ b8 OK .*
CONN a
S~ \* STATUS misc \(MESSAGES 2 UIDNEXT 3 HIGHESTMODSEQ \d+\)
# 5.3: expunges, at once.
CONN b
C: b9 STORE 1 +FLAGS.SILENT (\Deleted)
S* b9 OK .*
C: b10 EXPUNGE
S* b10 OK .*
CONN a
S: * 1 EXPUNGE
S: * 0 RECENT
NONE .*
CONN b
C: b11 SELECT misc
S* b11 OK .*
C: b12 STORE 1:2 +FLAGS.SILENT (\Deleted)
S* b12 OK .*
C: b13 EXPUNGE
S* b13 OK .*
CONN a
S~ \* STATUS misc \(UIDVALIDITY \d+ UNSEEN \d HIGHESTMODSEQ \d+\)
S~ \* STATUS misc \(MESSAGES 0 UIDNEXT 3 HIGHESTMODSEQ \d+\)
# What the session does itself is not told (5), nor its own message fetched.
C: a9 APPEND misc {4+}
C: mine
S~ a9 OK .*
C: a10 APPEND INBOX {4+}
C: mine
S: * 1 EXISTS
S* a10 OK .*
NONE .*
# What is selected now is told by the rule for that; what was, by its own.
C: a11 SELECT misc
S* a11 OK .*
MAIL alice three
S~ \* STATUS INBOX \(MESSAGES 2 .*\)
APPEND alice misc
| Subject: four
|
S: * 2 EXISTS
S: * 2 RECENT
S~ \* 2 FETCH \(UID 4 BODY\[HEADER\.FIELDS \(subject\)\] \{\d+\}
S: Subject: four
S: 
S: )
C: a12 UNSELECT
S~ a12 OK .*
APPEND alice misc
| Subject: five
|
S~ \* STATUS misc \(MESSAGES 3 UIDNEXT 6 HIGHESTMODSEQ \d+\)
# A message in INBOX is STATUS now; MessageNew without a selected mailbox.
MAIL alice six
S~ \* STATUS INBOX \(MESSAGES \d UIDNEXT \d+ HIGHESTMODSEQ \d+\)
# Nothing more.
C: a13 NOTIFY NONE
S~ a13 OK .*
MAIL alice seven
NONE .*
C: a14 SELECT INBOX
S* a14 OK .*
MAIL alice eight
C: a15 NOOP
S~ a15 OK .*
NONE .*
# Unless it is what a command is for: numbers would mean other messages.
C: a16 UID STORE 1:* +FLAGS.SILENT (\Deleted)
S* a16 OK .*
C: a17 EXPUNGE
S* \* 1 EXPUNGE
S* a17 OK .*
