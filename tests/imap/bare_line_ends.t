# CRLF ends a line; LF alone does as well, as everywhere (people type with nc).
# CR alone does not.
PORT imaps
S* \* OK .*
RAW a1 NOOP\na2 NOOP\r\n
S~ a1 OK .*
S~ a2 OK .*
RAW a3 NOOP\ra4 NOOP\r\n
S~ (a3|\*) BAD .*
C: a5 NOOP
S~ a5 OK .*
# Never in a literal: its octets are its own.
LOGIN alice
RAW b1 APPEND INBOX {23+}\nSubject: x\r\n\r\none\ntwo\r\n\n
S~ b1 OK .*
C: b2 SELECT INBOX
S* b2 OK .*
C: b3 FETCH 1 (RFC822.SIZE)
S~ \* 1 FETCH \(RFC822\.SIZE 23\)
S~ b3 OK .*
# Too long a line that ends so ends there.
RAW b4 NOOP \(x*70000)\nb5 NOOP\n
S~ b4 (BAD|NO) .*
S~ b5 OK .*
