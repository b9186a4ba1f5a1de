# Nothing changes in a mailbox that was examined.          RFC 3501 6.3.2
APPEND alice INBOX
| Subject: one
|
| one
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 EXAMINE INBOX
S* \* 1 EXISTS
S* \* OK \[PERMANENTFLAGS \(\)\].*
S* a1 OK \[READ-ONLY\] .*
C: a2 STORE 1 +FLAGS (\Deleted)
S~ a2 NO .*
C: a3 EXPUNGE
S~ a3 NO .*
C: a4 FETCH 1 BODY[TEXT]
S~ \* 1 FETCH \(BODY\[TEXT\] \{5\}
S: one
S: )
S~ a4 OK .*
C: a5 FETCH 1 FLAGS
S~ \* 1 FETCH \(FLAGS \((?!.*\\Seen).*\)\)
S~ a5 OK .*
C: a6 CLOSE
S~ a6 OK .*
