# RFC 1939 5 and 7.
PORT pop3s
APPEND alice INBOX
| Subject: one
|
| 1
APPEND alice INBOX
| Subject: two
|
| two
S~ \+OK .*
C: USER alice@example.test
S~ \+OK .*
C: PASS postern-demo
S~ \+OK .*2 messages \(40 octets\)
C: STAT
S: +OK 2 40
C: STAT 1
S~ -ERR .*
C: LIST
S~ \+OK .*
S: 1 19
S: 2 21
S: .
C: LIST 2
S: +OK 2 21
C: LIST 3
S~ -ERR .*
C: LIST 0
S~ -ERR .*
C: LIST 4294967295
S~ -ERR .*
C: LIST 4294967296
S~ -ERR .*
C: LIST -1
S~ -ERR .*
C: LIST 1 2
S~ -ERR .*
C: UIDL
S~ \+OK .*
S~ 1 (?P<one>[!-~]{1,70})
S~ 2 (?P<two>[!-~]{1,70})
S: .
C: UIDL 2
S: +OK 2 ${two}
C: UIDL 3
S~ -ERR .*
# A message marked as deleted is in none of them.
C: DELE 1
S~ \+OK .*
C: STAT
S: +OK 1 21
C: LIST
S~ \+OK .*
S: 2 21
S: .
C: LIST 1
S~ -ERR .*
C: UIDL
S~ \+OK .*
S: 2 ${two}
S: .
C: UIDL 1
S~ -ERR .*
# The same ids in another session, whatever the numbers.
CONN b
S~ \+OK .*
LOGIN alice
C: UIDL
S~ \+OK .*
S: 1 ${one}
S: 2 ${two}
S: .
CONN a
C: QUIT
S~ \+OK .*
CONN c
S~ \+OK .*
LOGIN alice
C: UIDL
S~ \+OK .*
S: 1 ${two}
S: .
