# A mailbox that is bob's: alice may let others read what she may, as long as
# she may.                                            RFC 4467 2.2, 7
APPEND bob INBOX
| From: <a@example.net>
|
| text
CONN bob
PORT imaps
S* \* OK .*
LOGIN bob
C: a1 CREATE Team
S* a1 OK .*
C: a2 SELECT INBOX
S* a2 OK .*
C: a3 COPY 1 Team
S* a3 OK .*
C: a4 SETACL Team alice@${domain} lr
S~ a4 OK .*
CONN alice
PORT imaps
S* \* OK .*
LOGIN alice
C: b1 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/Other%20Users/bob@${domain}/Team/;uid=1/;section=text;urlauth=anonymous" INTERNAL
S~ \* GENURLAUTH "(?P<hers>[^"]*)"
S~ b1 OK .*
# Not by his name, nor what she may not read.
C: b2 GENURLAUTH "imap://bob%40${domain}@mail.${domain}/Team/;uid=1;urlauth=anonymous" INTERNAL
S~ b2 BAD .*
C: b3 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/Other%20Users/bob@${domain}/INBOX/;uid=1;urlauth=anonymous" INTERNAL
S~ b3 BAD .*
CONN bob
C: c1 URLFETCH "${hers}"
S* text
S* c1 OK .*
# Everybody has a key of their own for it.                     RFC 4467 2.2
C: c2 RESETKEY Team
S~ c2 OK .*
C: c3 URLFETCH "${hers}"
S* text
S* c3 OK .*
C: c4 SETACL Team alice@${domain} l
S~ c4 OK .*
C: c5 URLFETCH "${hers}"
S: * URLFETCH "${hers}" NIL
S~ c5 OK .*
C: c6 SETACL Team alice@${domain} lr
S~ c6 OK .*
C: c7 URLFETCH "${hers}"
S* text
S* c7 OK .*
CONN again
PORT imaps
S* \* OK .*
LOGIN alice
C: d1 RESETKEY "Other Users/bob@${domain}/Team"
S~ d1 OK .*
C: d2 URLFETCH "${hers}"
S: * URLFETCH "${hers}" NIL
S~ d2 OK .*
