# How many messages an APPEND takes (multiappend_refused.t has one too many),
# and UIDs above and below one.                                     RFC 9738
APPEND alice INBOX
| Subject: one
|
| 1
APPEND alice INBOX
| Subject: two
|
| 2
APPEND alice INBOX
| Subject: three
|
| 3
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* SAVELIMIT=10000\b)(?!.*MESSAGELIMIT).*
S~ a0 OK .*
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 FETCH 2 UID
S~ \* 2 FETCH \(UID (?P<uid>\d+)\)
S~ a2 OK .*
C: b1 SEARCH UIDAFTER ${uid}
S: * SEARCH 3
S~ b1 OK .*
C: b2 SEARCH UIDBEFORE ${uid}
S: * SEARCH 1
S~ b2 OK .*
C: b3 SEARCH NOT UIDAFTER ${uid}
S: * SEARCH 1 2
S~ b3 OK .*
# Not "UID n+1:*", which would name the last one.
C: b4 SEARCH UIDAFTER 4294967294
S: * SEARCH
S~ b4 OK .*
C: b5 SEARCH UIDBEFORE 1
S: * SEARCH
S~ b5 OK .*
C: b6 SEARCH UIDAFTER 0
S~ b6 BAD .*
C: b7 SEARCH UIDBEFORE *
S~ b7 BAD .*
