# COPY and MOVE that are refused do nothing.      RFC 3501 6.4.7, RFC 6851 3.3
APPEND alice INBOX
| Subject: one
|
| one
PORT imaps
S* \* OK .*
C: a0 COPY 1 INBOX
S~ a0 BAD .*
LOGIN alice
C: a1 COPY 1 INBOX
S~ a1 BAD .*
C: a2 UID MOVE 1 INBOX
S~ a2 BAD .*
C: a3 SELECT INBOX
S* a3 OK .*
C: a4 COPY 1 nothing
S~ a4 NO \[TRYCREATE\] .*
C: a5 MOVE 1 nothing
S~ a5 NO \[TRYCREATE\] .*
C: a6 UID COPY 1:* nothing
S~ a6 NO \[TRYCREATE\] .*
C: a7 UID MOVE 1:* nothing
S~ a7 NO \[TRYCREATE\] .*
# No mailbox can be made with this name.
C: a8 COPY 1 a&b
S~ a8 NO \[CANNOT\] .*
C: a9 MOVE 1 "Entw\xc3\xbcrfe"
S~ a9 NO \[CANNOT\] .*
# No message has this number.
C: b1 COPY 2 Sent
S~ b1 BAD .*
C: b2 MOVE 1:2 Sent
S~ b2 BAD .*
C: b3 COPY
S~ b3 BAD .*
C: b4 MOVE 1
S~ b4 BAD .*
C: b5 COPY 0 Sent
S~ b5 BAD .*
C: b6 MOVE 1 Sent more
S~ b6 BAD .*
RAW b7 COPY 1 {4+}\r\nS\0nt\r\n
S~ b7 BAD .*
C: c1 STATUS Sent (MESSAGES UIDNEXT)
S~ \* STATUS Sent \(MESSAGES 0 UIDNEXT \d+\)
S~ c1 OK .*
C: c2 FETCH 1 (FLAGS)
S~ \* 1 FETCH \(FLAGS \(\\Recent\)\)
S~ c2 OK .*
# Read-only: it may be copied from, not taken away.        RFC 6851 4.2
C: d1 EXAMINE INBOX
S* d1 OK .*
C: d2 MOVE 1 Sent
S~ d2 NO \[NOPERM\] .*
C: d3 UID MOVE 1:* Sent
S~ d3 NO \[NOPERM\] .*
C: d4 COPY 1 Sent
S~ d4 OK \[COPYUID .*
C: d5 NOOP
S~ d5 OK .*
C: d6 STATUS Sent (MESSAGES)
S: * STATUS Sent (MESSAGES 1)
S~ d6 OK .*
