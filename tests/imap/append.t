# RFC 3501 6.3.11, RFC 4315 where UIDPLUS is offered.
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 APPEND INBOX {19}
S~ \+ .*
C: Subject: one\r\n\r\none
S~ a1 OK .*
C: a2 APPEND "INBOX" (\Seen $Label) " 1-Feb-2020 10:11:12 +0130" {19}
S~ \+ .*
C: Subject: two\r\n\r\ntwo
S~ a2 OK .*
# Selected: the answer says that it is there.
C: a3 SELECT INBOX
S* \* 2 EXISTS
S* a3 OK .*
C: a4 FETCH 2 (FLAGS INTERNALDATE)
S~ \* 2 FETCH \((?=.*\\Seen)(?=.*\$Label)(?=.*INTERNALDATE " 1-Feb-2020 10:11:12 \+0130").*\)
S~ a4 OK .*
C: a5 APPEND INBOX () {21+}
C: Subject: three\r\n\r\nthr
S* \* 3 EXISTS
S* a5 OK .*
C: a6 FETCH 3 (RFC822.SIZE)
S: * 3 FETCH (RFC822.SIZE 21)
S~ a6 OK .*
# Refused before the text is sent.                                6.3.11
C: b1 APPEND nothing {10}
S~ b1 NO \[TRYCREATE\] .*
C: b2 APPEND INBOX (\Guess {10}
S~ b2 BAD .*
C: b3 APPEND INBOX "yesterday" {10}
S~ b3 BAD .*
C: b4 APPEND INBOX
S~ b4 BAD .*
C: b5 APPEND INBOX text
S~ b5 BAD .*
C: b6 APPEND INBOX {99999999999}
S~ b6 (NO|BAD) .*
# Refused without waiting: the text is not taken for commands.
C: b7 APPEND nothing {15+}
C: x1 LOGOUT\r\n\r\n..
S~ b7 NO \[TRYCREATE\] .*
NONE (x1|\*) .*
C: b8 NOOP
S~ b8 OK .*
