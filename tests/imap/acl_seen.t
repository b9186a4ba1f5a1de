# Each reader's \Seen is his own, with modseqs that are right for both.
PORT imaps
S* \* OK .*
LOGIN bob
C: b1 CREATE Team
S* b1 OK .*
APPEND bob Team
| Subject: one
|
| text
APPEND bob Team
| Subject: two
|
| text
C: b2 SETACL Team alice@${domain} lrs
S~ b2 OK .*
C: b3 SELECT Team
S* b3 OK .*
C: b4 ENABLE CONDSTORE
S* b4 OK .*
CONN alice
S* \* OK .*
LOGIN alice
C: a1 SELECT "Other Users/bob@${domain}/Team" (CONDSTORE)
S* \* OK \[HIGHESTMODSEQ (?P<first>\d+)\] .*
# RFC 4314 5.2: it is not shared, so nothing can be changed for others.
S* a1 OK \[READ-ONLY\] .*
C: a2 STORE 1 +FLAGS (\Seen)
S~ \* 1 FETCH \(UID 1 MODSEQ \((?P<mine>\d+)\) FLAGS \(\\Seen\)\)
S~ a2 OK .*
C: a3 FETCH 1:2 (FLAGS) (CHANGEDSINCE ${first})
S~ \* 1 FETCH \(FLAGS \(\\Seen\) MODSEQ .*
S~ a3 OK .*
# bob has not read it.
CONN a
C: b5 NOOP
S~ b5 OK .*
C: b6 FETCH 1:2 (FLAGS)
S~ \* 1 FETCH \(FLAGS \((\\Recent)?\)\)
S~ \* 2 FETCH \(FLAGS \((\\Recent)?\)\)
S~ b6 OK .*
C: b7 FETCH 1:2 (FLAGS) (CHANGEDSINCE ${mine})
S~ b7 OK .*
C: b8 STORE 2 +FLAGS (\Seen \Flagged)
S* b8 OK .*
# alice hears of what is shared.
CONN alice
C: a4 NOOP
S~ \* 2 FETCH \(UID 2 FLAGS \(\\Flagged\) MODSEQ \(\d+\)\)
S~ a4 OK .*
C: a5 SEARCH UNSEEN
S: * SEARCH 2
S~ a5 OK .*
# IDLE, both ways.
C: a6 IDLE
S~ \+ .*
CONN a
C: b9 STORE 1 +FLAGS (word)
S* b9 OK .*
CONN alice
S~ \* FLAGS .*
S~ \* OK \[PERMANENTFLAGS \(\\Seen\)\] .*
S~ \* 1 FETCH \(UID 1 FLAGS \(\\Seen word\) MODSEQ \(\d+\)\)
C: DONE
S~ a6 OK .*
C: a7 FETCH 2 (BODY[TEXT])
S* .*\\Seen.*
S* a7 OK .*
C: a8 STATUS "Other Users/bob@${domain}/Team" (UNSEEN)
S~ \* STATUS .* \(UNSEEN 0\)
S~ a8 OK .*
C: a9 LIST "" "Other*" RETURN (STATUS (UNSEEN))
S~ \* LIST .*
S~ \* STATUS .* \(UNSEEN 0\)
S~ a9 OK .*
CONN a
C: b10 CLOSE
S~ b10 OK .*
C: b11 STATUS Team (UNSEEN)
S~ \* STATUS .* \(UNSEEN 1\)
S~ b11 OK .*
