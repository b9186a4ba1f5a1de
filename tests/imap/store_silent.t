# .SILENT: whoever asked knows what it makes of the flags it was told; what
# somebody else did in between it does not know.          RFC 3501 6.4.6, 7
APPEND alice INBOX
| Subject: one
|
APPEND alice INBOX
| Subject: two
|
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT INBOX
S* b1 OK .*
C: b2 STORE 1 +FLAGS (\Flagged)
S* b2 OK .*
CONN a
C: a2 STORE 1:2 +FLAGS.SILENT (\Answered)
S~ \* 1 FETCH \((?=.*\\Flagged).*\\Answered.*\)
S~ a2 OK .*
# Alone it is silent.
C: a3 STORE 1:2 -FLAGS.SILENT (\Answered)
S~ a3 OK .*
# Also where it changes nothing.
CONN b
C: b3 STORE 2 +FLAGS (\Draft)
S* b3 OK .*
CONN a
C: a4 STORE 2 +FLAGS.SILENT (\Draft)
S~ \* 2 FETCH \(.*\\Draft.*\)
S~ a4 OK .*
C: a5 NOOP
S~ a5 OK .*
