# Rights that go while a session has the mailbox selected.  RFC 4314 5.1.1
PORT imaps
S* \* OK .*
LOGIN bob
C: b1 CREATE Team
S* b1 OK .*
APPEND bob Team
| Subject: one
|
| text
C: b2 SETACL Team alice@${domain} lrsw
S~ b2 OK .*
CONN alice
S* \* OK .*
LOGIN alice
C: a1 SELECT "Other Users/bob@${domain}/Team"
S* a1 OK \[READ-WRITE\] .*
CONN a
C: b3 SETACL Team alice@${domain} lr
S~ b3 OK .*
CONN alice
C: a2 STORE 1 +FLAGS (\Flagged)
S~ a2 NO \[NOPERM\] .*
C: a3 FETCH 1 (BODY[TEXT])
S* \* 1 FETCH \(BODY\[TEXT\] .*
S* a3 OK .*
# All of them, in the middle of IDLE: as if the mailbox were no more.
C: a4 IDLE
S~ \+ .*
CONN a
C: b4 DELETEACL Team alice@${domain}
S~ b4 OK .*
CONN alice
S~ \* 1 EXPUNGE
C: DONE
S* a4 (OK|NO) .*
C: a5 FETCH 1 (FLAGS)
S~ a5 (BAD|NO|OK) .*
C: a6 SELECT "Other Users/bob@${domain}/Team"
S* a6 NO \[NONEXISTENT\] .*
C: a7 SELECT INBOX
S* a7 OK .*
