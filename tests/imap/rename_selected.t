# Who has it selected still has, under another name.             RFC 2180 3.4
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CREATE box
S~ a1 OK .*
APPEND alice box
| Subject: one
|
| one
C: a2 SELECT box
S* a2 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 RENAME box renamed
S~ b1 OK .*
CONN a
C: a3 FETCH 1 BODY.PEEK[TEXT]
S: * 1 FETCH (BODY[TEXT] {5}
S: one
S: )
S~ a3 OK .*
APPEND alice renamed
| Subject: two
|
| two
C: a4 NOOP
S: * 2 EXISTS
S: * 2 RECENT
S~ a4 OK .*
C: a5 STORE 1 +FLAGS.SILENT (\Deleted)
S~ a5 OK .*
C: a6 EXPUNGE
S: * 1 EXPUNGE
S: * 1 RECENT
S~ a6 OK .*
C: a7 STATUS renamed (MESSAGES)
S: * STATUS renamed (MESSAGES 1)
S~ a7 OK .*
C: a8 SELECT box
S~ \* OK \[CLOSED\] .*
S~ a8 NO \[NONEXISTENT\] .*
