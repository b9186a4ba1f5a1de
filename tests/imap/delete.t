# DELETE.                                      RFC 3501 6.3.4, RFC 9051 6.3.5
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CREATE foo/bar
S~ a1 OK .*
C: a2 CREATE blurdybloop
S~ a2 OK .*
APPEND alice blurdybloop
| Subject: one
|
| one
C: a3 DELETE blurdybloop
S~ a3 OK .*
C: a4 DELETE blurdybloop
S~ a4 NO \[NONEXISTENT\] .*
C: a5 SELECT blurdybloop
S~ a5 NO \[NONEXISTENT\] .*
C: a6 APPEND blurdybloop {3}
S~ a6 NO \[TRYCREATE\] .*
RAW a7 APPEND blurdybloop {4+}\r\na: b\r\n
S~ a7 NO \[TRYCREATE\] .*
# Nothing below it may go with it.
C: a8 DELETE foo
S~ a8 NO \[HASCHILDREN\] .*
C: a9 DELETE foo/bar
S~ a9 OK .*
C: b1 DELETE foo
S~ b1 OK .*
C: b2 DELETE INBOX
S~ b2 NO \[CANNOT\] .*
C: b3 DELETE inbox
S~ b3 NO \[CANNOT\] .*
C: b4 DELETE a&b
S~ b4 NO \[NONEXISTENT\] .*
C: b5 DELETE ""
S~ b5 NO \[NONEXISTENT\] .*
# Made again it is another one.                             RFC 3501 2.3.1.1
C: b6 CREATE foo
S~ b6 OK .*
C: b7 STATUS foo (UIDVALIDITY)
S~ \* STATUS foo \(UIDVALIDITY (?P<before>\d+)\)
S~ b7 OK .*
C: b8 DELETE foo
S~ b8 OK .*
C: b9 CREATE foo
S~ b9 OK .*
C: c1 STATUS foo (UIDVALIDITY)
S~ \* STATUS foo \(UIDVALIDITY (?!${before}\))\d+\)
S~ c1 OK .*
# What was for something can go, too.
C: c2 DELETE Junk
S~ c2 OK .*
C: c3 LIST (SPECIAL-USE) "" Junk
S~ c3 OK .*
