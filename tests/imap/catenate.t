# CATENATE: a draft gets another attachment.                        RFC 4469
APPEND alice INBOX
| From: <a@example.net>
| Subject: draft
| MIME-Version: 1.0
| Content-Type: multipart/mixed; boundary=b
|
| --b
| Content-Type: text/plain
|
| text
| --b
| Content-Type: text/x-old
|
| old
| --b--
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* CATENATE\b).*
S~ a0 OK .*
C: a1 SELECT INBOX
S* \* OK \[UIDVALIDITY (?P<validity>\d+)\].*
S* a1 OK .*
C: a2 FETCH 1 UID
S~ \* 1 FETCH \(UID (?P<uid>\d+)\)
S~ a2 OK .*
C: a3 CREATE "Entw&APw-rfe"
S~ a3 OK .*
C: a5 APPEND "Entw&APw-rfe" (\Draft) CATENATE (URL "/INBOX;UIDVALIDITY=${validity}/;UID=${uid}/;section=HEADER" TEXT {5+}
C: --b
C:  URL "/inbox/;UID=${uid}/;section=1.MIME" URL "/inbox/;UID=${uid}/;SECTION=1" TEXT {32+}
C: 
C: --b
C: Content-Type: a/new
C: 
C: 
C:  URL "/INBOX/;UID=${uid}/;SECTION=HEADER.FIELDS%20(SUBJECT)/;PARTIAL=0.14" TEXT {9+}
C: 
C: --b--
C: )
S~ a5 OK \[APPENDUID \d+ 1\] .*
C: a6 FETCH 1 FLAGS
S~ \* 1 FETCH \(FLAGS \((?!.*Seen).*\)\)
S~ a6 OK .*
# No URLs but of messages, and of one's own.
C: b1 APPEND INBOX CATENATE (URL "/INBOX/;UID=4294967295" TEXT {5+}
C: abc)] TEXT {3+}
C: abc)
S~ b1 NO \[BADURL /INBOX/;UID=4294967295\] .*
C: b2 APPEND INBOX CATENATE (URL "imap://bob@${domain}/INBOX/;UID=1")
S~ b2 NO \[BADURL imap://bob@${domain}/INBOX/;UID=1\] .*
C: b3 APPEND INBOX CATENATE (URL "/INBOX;UIDVALIDITY=1/;UID=${uid}")
S~ b3 NO \[BADURL .*
C: b4 APPEND INBOX CATENATE (URL "/INBOX/;UID=${uid}/;SECTION=9")
S~ b4 NO \[BADURL .*
C: b5 APPEND INBOX CATENATE (URL "/]x")
S: b5 NO [BADURL /?x] There is no such message, or part of one
C: b6 APPEND INBOX CATENATE (TEXT {4000000000}
S~ b6 NO \[TOOBIG\] .*
C: b7 APPEND INBOX CATENATE ()
S~ b7 BAD .*
C: b8 APPEND INBOX CATENATE (TEXT {0+}
C: )
S~ b8 NO .*
C: b9 APPEND nothing CATENATE (TEXT {3}
S~ b9 NO \[TRYCREATE\] .*
C: c1 APPEND INBOX CATENATE (TEXT {3+}
C: abc TEXT "x")
S~ c1 BAD .*
C: c2 APPEND INBOX CATENATE (UTF8 (~{3+}
C: abc))
S~ c2 BAD .*
# Several messages, and a URL as a literal; REPLACE.
C: c3 APPEND INBOX CATENATE (URL "/INBOX/;UID=${uid}/;SECTION=1" TEXT {2+}
C: ok) (\Seen) CATENATE (URL {9}
S~ \+ .*
C: /INBOX/;U) {3+}
C: abc
S~ c3 NO \[BADURL /INBOX/;U\] .*
C: c4 ENABLE UTF8=ACCEPT
S~ \* ENABLED .*
S~ c4 OK .*
C: c5 APPEND INBOX CATENATE (UTF8 (~{4+}
C: ü
C: ) TEXT {2+}
C: ok) {3+}
C: abc
S~ \* 3 EXISTS
S* c5 OK \[APPENDUID \d+ \d+:\d+\] .*
C: c6 FETCH 2 BODY.PEEK[]
S: * 2 FETCH (BODY[] {6}
S: ü
S: ok)
S~ c6 OK .*
C: c7 REPLACE 3 INBOX (\Seen) CATENATE (URL "/INBOX/;UID=${uid}/;SECTION=2")
S~ \* OK \[APPENDUID .*
S* c7 OK .*
C: c9 SELECT "Entwürfe"
S* c9 OK .*
C: d1 FETCH 1 BODY.PEEK[]
S~ \* 1 FETCH \(BODY\[\] \{\d+\}
S: From: <a@example.net>
S: Subject: draft
S: MIME-Version: 1.0
S: Content-Type: multipart/mixed; boundary=b
S: 
S: --b
S: Content-Type: text/plain
S: 
S: text
S: --b
S: Content-Type: a/new
S: 
S: 
S: Subject: draft
S: --b--
S: )
S~ d1 OK .*
