# RENAME.                                      RFC 3501 6.3.5, RFC 9051 6.3.6
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CREATE foo/bar
S~ a1 OK .*
C: a2 CREATE foo.bar
S~ a2 OK .*
C: a3 CREATE foobar
S~ a3 OK .*
APPEND alice foo/bar (\Flagged)
| Subject: one
|
| one
C: a4 STATUS foo/bar (UIDVALIDITY)
S~ \* STATUS foo/bar \(UIDVALIDITY (?P<validity>\d+)\)
S~ a4 OK .*
C: a5 SUBSCRIBE foo/bar
S~ a5 OK .*
# What is below it comes along; what is above the new name is made.
C: a6 RENAME foo baz/rag/zowie
S~ a6 OK .*
C: a7 LIST "" ("f*" "b*")
S: * LIST (\HasChildren) "/" baz
S: * LIST (\HasChildren) "/" baz/rag
S: * LIST (\HasChildren) "/" baz/rag/zowie
S: * LIST (\HasNoChildren) "/" baz/rag/zowie/bar
S: * LIST (\HasNoChildren) "/" foo.bar
S: * LIST (\HasNoChildren) "/" foobar
S~ a7 OK .*
# Its messages, its UIDs; its subscription stays with the name.
C: a8 STATUS baz/rag/zowie/bar (MESSAGES UIDVALIDITY)
S: * STATUS baz/rag/zowie/bar (MESSAGES 1 UIDVALIDITY ${validity})
S~ a8 OK .*
C: a9 LSUB "" "foo*"
S: * LSUB () "/" foo/bar
S~ a9 OK .*
C: b1 RENAME foo x
S~ b1 NO \[NONEXISTENT\] .*
C: b2 RENAME foo.bar foobar
S~ b2 NO \[ALREADYEXISTS\] .*
C: b3 RENAME foo.bar foo.bar
S~ b3 NO \[ALREADYEXISTS\] .*
C: b4 RENAME foo.bar INBOX
S~ b4 NO \[ALREADYEXISTS\] .*
C: b4b RENAME inbox foo.bar
S~ b4b NO \[ALREADYEXISTS\] .*
C: b5 RENAME baz baz/below
S~ b5 NO \[CANNOT\] .*
C: b6 RENAME foo.bar "a//b"
S~ b6 NO \[CANNOT\] .*
C: b7 RENAME foo.bar a&b
S~ b7 NO \[CANNOT\] .*
C: b8 RENAME a&b c
S~ b8 NO \[NONEXISTENT\] .*
C: b9 RENAME baz \(x*996)
S~ b9 NO \[LIMIT\] .*
C: c1 RENAME foo.bar "Entwu&Awg-rfe/"
S~ c1 OK .*
C: c2 LIST "" E*
S: * LIST (\HasNoChildren) "/" Entw&APw-rfe
S~ c2 OK .*
C: c3 RENAME baz/rag rag
S~ c3 OK .*
C: c4 LIST "" ("b*" "r*")
S: * LIST (\HasNoChildren) "/" baz
S: * LIST (\HasChildren) "/" rag
S: * LIST (\HasChildren) "/" rag/zowie
S: * LIST (\HasNoChildren) "/" rag/zowie/bar
S~ c4 OK .*
