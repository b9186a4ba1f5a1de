# CREATE.                                      RFC 3501 6.3.3, RFC 9051 6.3.4
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CREATE owatagusiam/
S~ a1 OK .*
C: a2 CREATE owatagusiam/blurdybloop
S~ a2 OK .*
C: a3 CREATE owatagusiam
S~ a3 NO \[ALREADYEXISTS\] .*
C: a4 CREATE INBOX
S~ a4 NO \[ALREADYEXISTS\] .*
C: a5 CREATE inbox/
S~ a5 NO \[ALREADYEXISTS\] .*
# What is missing above it is made, and can be selected.
C: a6 CREATE foo/bar/zap
S~ a6 OK .*
C: a7 LIST "" foo*
S: * LIST (\HasChildren) "/" foo
S: * LIST (\HasChildren) "/" foo/bar
S: * LIST (\HasNoChildren) "/" foo/bar/zap
S~ a7 OK .*
C: a8 SELECT foo/bar
S* \* 0 EXISTS
S* a8 OK \[READ-WRITE\] .*
C: a9 CREATE iNbOx/below
S~ a9 OK .*
C: b1 LIST "" "INBOX*"
S: * LIST (\HasChildren) "/" INBOX
S: * LIST (\HasNoChildren) "/" INBOX/below
S~ b1 OK .*
C: b2 CREATE "Entw&APw-rfe"
S~ b2 OK .*
# The same name in another way.                               RFC 9051 5.1
C: b3 CREATE "Entwu&Awg-rfe"
S~ b3 NO \[ALREADYEXISTS\] .*
C: b4 STATUS "Entwu&Awg-rfe" (MESSAGES)
S: * STATUS Entw&APw-rfe (MESSAGES 0)
S~ b4 OK .*
# Names like any others.
C: b5 CREATE ".."
S~ b5 OK .*
C: b6 CREATE "50% of * \\\\ and \\""
S~ b6 OK .*
C: b7 LIST "" "50*"
S: * LIST (\HasNoChildren) "/" "50% of * \\ and \""
S~ b7 OK .*
C: b8 CREATE {3+}
C: x y
S~ b8 OK .*
# A message goes there.
C: b9 APPEND owatagusiam/blurdybloop {5+}
C: a: b
S~ b9 OK \[APPENDUID .*
C: c1 STATUS owatagusiam/blurdybloop (MESSAGES UIDNEXT)
S: * STATUS owatagusiam/blurdybloop (MESSAGES 1 UIDNEXT 2)
S~ c1 OK .*
# Nobody else has them.
CONN bob
S* \* OK .*
LOGIN bob
C: d1 LIST "" "foo*"
S~ d1 OK .*
C: d2 SELECT foo
S~ d2 NO \[NONEXISTENT\] .*
