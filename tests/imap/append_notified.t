# What another session appends is told with the next answer.
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* \* 0 EXISTS
S* a1 OK .*
APPEND alice INBOX
| Subject: one
|
| one
C: a2 NOOP
S* \* 1 EXISTS
S* a2 OK .*
MAIL alice two
C: a3 NOOP
S* \* 2 EXISTS
S* a3 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT INBOX
S* b1 OK .*
C: b2 STORE 1 +FLAGS (\Flagged keyword)
S* b2 OK .*
CONN a
C: a4 NOOP
S* \* 1 FETCH \(.*FLAGS \((?=.*\\Flagged)(?=.*\bkeyword\b).*\).*\)
S* a4 OK .*
