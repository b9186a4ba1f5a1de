# The beginning of a message, for a list.                            RFC 8970
APPEND alice INBOX
| Subject: one
| Content-Type: text/plain; charset=utf-8
|
| Hello,
| this is what a list shows.
APPEND alice INBOX
| Subject: two
| Content-Type: text/html; charset=utf-8
| Content-Transfer-Encoding: quoted-printable
|
| <p>Gr=C3=BC=C3=9Fe</p>
APPEND alice INBOX
| Subject: nothing to see
|
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CAPABILITY
S~ \* CAPABILITY .*\bPREVIEW\b.*
S~ a1 OK .*
C: a2 SELECT INBOX
S* a2 OK .*
C: b1 FETCH 1 (PREVIEW)
S: * 1 FETCH (PREVIEW "Hello, this is what a list shows.")
S~ b1 OK .*
# What is not ASCII is a literal; with (LAZY) it is there at once, too.   4.1
C: b2 FETCH 2 (UID PREVIEW (LAZY))
S~ \* 2 FETCH \(UID \d+ PREVIEW \{7\}
S: Grüße)
S~ b2 OK .*
C: b3 FETCH 3 PREVIEW
S: * 3 FETCH (PREVIEW "")
S~ b3 OK .*
# It is no reading.                                                       3
C: b4 FETCH 1:2 FLAGS
S~ \* 1 FETCH \(FLAGS \(\\Recent\)\)
S~ \* 2 FETCH \(FLAGS \(\\Recent\)\)
S~ b4 OK .*
C: b5 FETCH 1 PREVIEW (GUESS)
S~ b5 BAD .*
