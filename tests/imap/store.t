# RFC 3501 6.4.6, in a mailbox that never had these keywords.
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CREATE Words
S~ a0 OK .*
APPEND alice Words
| Subject: one
|
| one
APPEND alice Words
| Subject: two
|
| two
C: a1 SELECT Words
S* a1 OK .*
C: a2 STORE 1 +FLAGS (\Seen)
S~ \* 1 FETCH \(.*FLAGS \(.*\\Seen.*\).*\)
S~ a2 OK .*
C: a3 STORE 1:2 +FLAGS \Flagged
S~ \* 1 FETCH \(.*FLAGS \((?=.*\\Seen)(?=.*\\Flagged).*\).*\)
S~ \* 2 FETCH \(.*FLAGS \((?!.*\\Seen)(?=.*\\Flagged).*\).*\)
S~ a3 OK .*
C: a4 STORE 1 FLAGS (\Answered $Forwarded)
S~ \* FLAGS \(.*\$Forwarded.*\)
S~ \* OK \[PERMANENTFLAGS \(.*\$Forwarded.*\)\] .*
S~ \* 1 FETCH \(.*FLAGS \((?=.*\\Answered)(?=.*\$Forwarded)(?!.*\\Seen)(?!.*\\Flagged).*\).*\)
S~ a4 OK .*
C: a5 STORE 1 -FLAGS ($forwarded)
S~ \* 1 FETCH \(.*FLAGS \((?=.*\\Answered)(?!.*(?i:forwarded)).*\).*\)
S~ a5 OK .*
C: a6 STORE 1 FLAGS ()
S~ \* 1 FETCH \(.*FLAGS \((\\Recent)?\).*\)
S~ a6 OK .*
# Silent: nothing is told of our own change.
C: a7 STORE 1 +FLAGS.SILENT (\Draft)
S~ a7 OK .*
C: a8 FETCH 1 FLAGS
S~ \* 1 FETCH \(FLAGS \(.*\\Draft.*\)\)
S~ a8 OK .*
C: a9 UID STORE 1:* +FLAGS (\Deleted)
S~ \* 1 FETCH \((?=.*UID \d+)(?=.*FLAGS \(.*\\Deleted).*\)
S~ \* 2 FETCH \((?=.*UID \d+)(?=.*FLAGS \(.*\\Deleted).*\)
S~ a9 OK .*
C: b1 STORE 1
S~ b1 BAD .*
C: b2 STORE 1 FLAGS
S~ b2 BAD .*
C: b3 STORE 1 *FLAGS (\Seen)
S~ b3 BAD .*
C: b4 STORE 1 FLAGS (\Guess)
S~ b4 (BAD|NO) .*
C: b5 STORE 1 FLAGS (\Recent)
S~ b5 (BAD|NO) .*
C: b6 STORE 1 FLAGS (a]b{c)
S~ b6 BAD .*
C: b7 UID STORE 4000000000 +FLAGS (\Seen)
S~ b7 OK .*
