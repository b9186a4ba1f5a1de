# Of what takes no time nothing is said.                             RFC 9585
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CAPABILITY
S~ \* CAPABILITY (?=.* INPROGRESS\b).*
S~ a1 OK .*
C: a2 APPEND INBOX {3+}
C: one
S~ a2 OK .*
C: a3 SELECT INBOX
S* a3 OK .*
C: b1 SEARCH ALL
S: * SEARCH 1
S~ b1 OK .*
C: b2 SORT (DATE) UTF-8 ALL
S: * SORT 1
S~ b2 OK .*
C: b3 THREAD REFERENCES UTF-8 ALL
S: * THREAD (1)
S~ b3 OK .*
C: b4 COPY 1 Archive
S~ b4 OK .*
C: b5 MOVE 1 Archive
S~ \* OK \[COPYUID .*
S* b5 OK .*
NONE .*INPROGRESS.*
