# Numbers and what they name stay, whatever IMAP and deliveries do meanwhile.
PORT pop3s
MAIL alice one
MAIL alice two
MAIL alice three
S~ \+OK .*
LOGIN alice
C: STAT
S~ \+OK 3 (?P<octets>\d+)
CONN b
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 STORE 1 +FLAGS (\Deleted)
S* a2 OK .*
C: a3 EXPUNGE
S* a3 OK .*
MAIL alice four
CONN a
C: STAT
S: +OK 3 ${octets}
C: LIST 4
S~ -ERR .*
C: TOP 2 0
S* Subject: two
S* \.
C: TOP 3 0
S* Subject: three
S* \.
# The one that is gone, and one that is not.
C: DELE 1
S~ \+OK .*
C: DELE 3
S~ \+OK .*
C: QUIT
S~ \+OK .*
CLOSED
CONN c
PORT pop3s
S~ \+OK .*
LOGIN alice
C: STAT
S~ \+OK 2 \d+
C: TOP 1 0
S* Subject: two
S* \.
C: TOP 2 0
S* Subject: four
S* \.
