# UTF8=ACCEPT: what is quoted may be UTF-8.                          RFC 6855
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* UTF8=ACCEPT\b).*
S~ a0 OK .*
# Old mail has such headers, and whoever copies it knows of no UTF8=ACCEPT.
C: a1 APPEND INBOX {27+}
C: Subject: Grüße
C: 
C: Grüße
S~ a1 OK \[APPENDUID .*
C: a2 APPEND INBOX UTF8 (~{27+}
C: Subject: Grüße
C: 
C: Grüße)
S~ a2 BAD .*
C: a3 APPEND INBOX {25+}
C: Subject: Gruss
C: 
C: Grüße
S~ a3 OK .*
C: b1 ENABLE UTF8=ACCEPT
S: * ENABLED UTF8=ACCEPT
S~ b1 OK .*
C: b2 APPEND INBOX (\Seen) UTF8 (~{27+}
C: Subject: Grüße
C: 
C: Grüße)
S~ b2 OK \[APPENDUID .*
C: b3 APPEND INBOX UTF8 (~{27}
S~ \+ .*
C: Subject: Grüße
C: 
C: Grüße) UTF8 (~{14+}
C: Subject: x
C: 
C: )
S~ b3 OK \[APPENDUID .*
C: b4 APPEND INBOX UTF8 ({3+}
C: abc)
S~ b4 BAD .*
C: b5 APPEND INBOX UTF8 (~{3+}
C: abc
S~ b5 BAD .*
C: b6 NOOP
S~ b6 OK .*
C: c1 CREATE "Entwürfe"
S~ c1 OK .*
C: c2 LIST "" "Entwü*"
S: * LIST (\HasNoChildren) "/" "Entwürfe"
S~ c2 OK .*
C: c3 SELECT INBOX
S* c3 OK .*
# It is IMAP4rev1 still; and all is UTF-8.                          RFC 6855 3
C: c4 SEARCH SUBJECT "grüSSE"
S: * SEARCH 1 3 4
S~ c4 OK .*
C: c5 SEARCH CHARSET UTF-8 SUBJECT "gr"
S~ c5 BAD .*
C: c6 FETCH 3 BODY.PEEK[]
S: * 3 FETCH (BODY[] {27}
S: Subject: Grüße
S: 
S: Grüße)
S~ c6 OK .*
RAW c7 SEARCH SUBJECT "\xff"\r\n
S~ c7 BAD .*
# Who has not enabled it has names in ASCII, and messages as they are.
CONN b
S* \* OK .*
LOGIN alice
C: d1 LIST "" E*
S: * LIST (\HasNoChildren) "/" Entw&APw-rfe
S~ d1 OK .*
C: d2 EXAMINE INBOX
S* d2 OK .*
C: d3 FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]
S~ \* 1 FETCH \(BODY\[HEADER.FIELDS \(SUBJECT\)\] \{20\}
S: Subject: Grüße
S: 
S: )
S~ d3 OK .*
