# A mailbox of somebody else, by the rights to it.          RFC 4314 4
PORT imaps
S* \* OK .*
LOGIN bob
C: b1 CREATE Team/Old
S* b1 OK .*
APPEND bob Team (\Seen \Flagged)
| Subject: one
|
| text
APPEND bob Team
| Subject: two
|
| text
CONN alice
S* \* OK .*
LOGIN alice
# There is nothing to see, and nobody says that there is something.
C: a1 LIST "" *
NONE .*Other Users.*
S* a1 OK .*
C: a2 SELECT "Other Users/bob@${domain}/Team"
S~ a2 NO \[NONEXISTENT\] .*
C: a3 STATUS "Other Users/bob@${domain}/Team" (MESSAGES)
S~ a3 NO \[NONEXISTENT\] .*
C: a4 MYRIGHTS "Other Users/bob@${domain}/Team"
S~ a4 NO \[NONEXISTENT\] .*
C: a5 SUBSCRIBE "Other Users/bob@${domain}/Team"
S~ a5 NO \[NONEXISTENT\] .*
C: a6 DELETE "Other Users/bob@${domain}/Team"
S~ a6 NO \[NONEXISTENT\] .*
C: a7 CREATE "Other Users/bob@${domain}/Team/New"
S~ a7 NO \[NOPERM\] .*
C: a8 CREATE "Other Users/bob@${domain}/Nothing/New"
S~ a8 NO \[NOPERM\] .*
C: a9 CREATE "Other Users/Mine"
S~ a9 NO \[CANNOT\] .*
# Looked up, and no more.
CONN a
C: b2 SETACL Team alice@${domain} l
S~ b2 OK .*
CONN alice
C: a10 LIST "" "Other*"
S: * LIST (\HasNoChildren) "/" "Other Users/bob@${domain}/Team"
S~ a10 OK .*
C: a11 LIST "" "Other Users/%"
S: * LIST (\NonExistent \Noselect \HasChildren) "/" "Other Users/bob@${domain}"
S~ a11 OK .*
C: a12 LIST "" "O%"
S: * LIST (\NonExistent \Noselect \HasChildren) "/" "Other Users"
S~ a12 OK .*
C: a13 LIST "" "Other*" RETURN (MYRIGHTS STATUS (MESSAGES))
S: * LIST (\HasNoChildren) "/" "Other Users/bob@${domain}/Team"
S: * MYRIGHTS "Other Users/bob@${domain}/Team" l
S~ a13 OK .*
C: a14 SELECT "Other Users/bob@${domain}/Team"
S~ a14 NO \[NOPERM\] .*
C: a15 GETACL "Other Users/bob@${domain}/Team"
S~ a15 NO \[NOPERM\] .*
C: a16 SUBSCRIBE "Other Users/bob@${domain}/Team"
S~ a16 OK .*
C: a17 LSUB "" "Other*"
S: * LSUB () "/" "Other Users/bob@${domain}/Team"
S~ a17 OK .*
C: a18 LIST (SUBSCRIBED) "" "Other*"
S: * LIST (\HasNoChildren \Subscribed) "/" "Other Users/bob@${domain}/Team"
S~ a18 OK .*
C: a19 UNSUBSCRIBE "Other Users/bob@${domain}/Team"
S~ a19 OK .*
# Read: nothing of it changes for anybody.                  5.2
CONN a
C: b3 SETACL Team alice@${domain} lr
S~ b3 OK .*
CONN alice
C: a20 SELECT "Other Users/bob@${domain}/Team"
S: * 2 EXISTS
S: * 0 RECENT
S~ \* OK \[UNSEEN 1\] .*
S* \* FLAGS .*
S~ \* OK \[PERMANENTFLAGS \(\)\] .*
S~ a20 OK \[READ-ONLY\] .*
C: a21 FETCH 1:2 (FLAGS BODY[HEADER.FIELDS (SUBJECT)])
S: * 1 FETCH (FLAGS (\Flagged) BODY[HEADER.FIELDS (SUBJECT)] {16}
S: Subject: one
S:
S: )
S: * 2 FETCH (FLAGS () BODY[HEADER.FIELDS (SUBJECT)] {16}
S: Subject: two
S:
S: )
S~ a21 OK .*
C: a22 STORE 1 +FLAGS (\Seen)
S~ a22 NO \[NOPERM\] .*
C: a23 EXPUNGE
S~ a23 NO \[NOPERM\] .*
C: a24 COPY 1 INBOX
S~ a24 OK .*
C: a25 MOVE 1 INBOX
S~ a25 NO \[NOPERM\] .*
C: a26 COPY 1 "Other Users/bob@${domain}/Team"
S~ a26 NO \[NOPERM\] .*
C: a27 SEARCH SUBJECT two
S: * SEARCH 2
S~ a27 OK .*
C: a28 CLOSE
S~ a28 OK .*
C: a29 STATUS "Other Users/bob@${domain}/Team" (MESSAGES UNSEEN RECENT)
S: * STATUS "Other Users/bob@${domain}/Team" (MESSAGES 2 RECENT 0 UNSEEN 2)
S~ a29 OK .*
# Flags: those that there is a right to, and one is enough.  4, STORE
CONN a
C: b4 SETACL Team alice@${domain} lrwt
S~ b4 OK .*
CONN alice
C: a31 SELECT "Other Users/bob@${domain}/Team"
S* \* OK \[PERMANENTFLAGS \(\\Answered \\Flagged \\Deleted \\Draft \\\*\)\] .*
S~ a31 OK \[READ-WRITE\] .*
C: a32 STORE 2 +FLAGS (\Seen \Answered word)
S* \* 2 FETCH \(FLAGS \(\\Answered word\)\)
S~ a32 OK .*
C: a33 STORE 2 +FLAGS (\Seen)
S~ a33 NO \[NOPERM\] .*
C: a34 FETCH 2 (FLAGS BODY[TEXT])
S* \* 2 FETCH \(FLAGS \(\\Answered word\) BODY\[TEXT\] .*
S* a34 OK .*
C: a35 STORE 2 +FLAGS (\Deleted)
S* a35 OK .*
C: a36 CLOSE
S~ a36 OK .*
CONN a
C: b5 SELECT Team
S* b5 OK .*
C: b6 FETCH 1:2 (FLAGS)
S~ \* 1 FETCH \(FLAGS \(\\Seen \\Flagged( \\Recent)?\)\)
S~ \* 2 FETCH \(FLAGS \(\\Answered \\Deleted( \\Recent)? word\)\)
S~ b6 OK .*
# Put in, expunge, move.
C: b7 SETACL Team alice@${domain} lrsite
S~ b7 OK .*
CONN alice
C: a37 SELECT "Other Users/bob@${domain}/Team"
S* \* OK \[PERMANENTFLAGS \(\\Seen \\Deleted\)\] .*
S~ a37 OK \[READ-WRITE\] .*
C: a38 EXPUNGE
S~ \* 2 EXPUNGE
S~ a38 OK .*
C: a39 MOVE 1 INBOX
S~ \* OK \[COPYUID .*
S~ \* 1 EXPUNGE
S~ a39 OK .*
C: a40 APPEND "Other Users/bob@${domain}/Team" (\Seen \Flagged) {5+}
C: a: b
C:
S* a40 OK \[APPENDUID .*
C: a41 FETCH 1 (FLAGS)
S* \* 1 FETCH \(FLAGS \(\\Seen\)\)
S~ a41 OK .*
C: a42 GETQUOTAROOT "Other Users/bob@${domain}/Team"
S: * QUOTAROOT "Other Users/bob@${domain}/Team"
S~ a42 OK .*
CONN a
C: b8 NOOP
S* b8 OK .*
C: b9 FETCH 1 (FLAGS)
S~ \* 1 FETCH \(FLAGS \((\\Recent)?\)\)
S~ b9 OK .*
# Mailboxes below it have its rights.
C: b10 SETACL Team alice@${domain} lrkx
S~ b10 OK .*
CONN alice
C: a43 CREATE "Other Users/bob@${domain}/Team/New"
S* a43 OK .*
C: a44 MYRIGHTS "Other Users/bob@${domain}/Team/New"
S: * MYRIGHTS "Other Users/bob@${domain}/Team/New" lrkxc
S~ a44 OK .*
C: a45 RENAME "Other Users/bob@${domain}/Team/New" "Other Users/bob@${domain}/Team/Newer"
S* a45 OK .*
C: a46 RENAME "Other Users/bob@${domain}/Team/Newer" Newer
S~ a46 NO \[CANNOT\] .*
C: a47 DELETE "Other Users/bob@${domain}/Team/Newer"
S* a47 OK .*
CONN a
C: b11 LIST "" Team/*
S~ \* LIST \(\\HasNoChildren\) "/" "?Team/Old"?
S~ b11 OK .*
