# Names that no mailbox can have.
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CREATE ""
S~ a1 NO \[CANNOT\] .*
C: a2 CREATE "/"
S~ a2 NO \[CANNOT\] .*
C: a3 CREATE "/a"
S~ a3 NO \[CANNOT\] .*
C: a4 CREATE "a//b"
S~ a4 NO \[CANNOT\] .*
C: a5 CREATE "a//"
S~ a5 NO \[CANNOT\] .*
C: a6 CREATE "a\x07"
S~ a6 NO \[CANNOT\] .*
C: a7 CREATE a&AAo-
S~ a7 NO \[CANNOT\] .*
C: a8 CREATE a&AIU-
S~ a8 NO \[CANNOT\] .*
C: a9 CREATE a&ICg-
S~ a9 NO \[CANNOT\] .*
C: b1 CREATE a&b
S~ b1 NO \[CANNOT\] .*
C: b2 CREATE \(x*1001)
S~ b2 NO \[CANNOT\] .*
C: b3 CREATE \(x/*16)x
S~ b3 NO \[CANNOT\] .*
C: b4 CREATE \(x/*15)x
S~ b4 OK .*
C: b5 CREATE \(y*1000)
S~ b5 OK .*
C: b6 LIST "" y*
S~ \* LIST \(\\HasNoChildren\) "/" y{1000}
S~ b6 OK .*
C: b7 CREATE
S~ b7 BAD .*
C: b8 CREATE a b
S~ b8 BAD .*
C: b9 DELETE a b
S~ b9 BAD .*
C: c1 RENAME a
S~ c1 BAD .*
CONN c
S* \* OK .*
C: c2 CREATE a
S~ c2 BAD .*
C: c3 DELETE a
S~ c3 BAD .*
C: c4 RENAME a b
S~ c4 BAD .*
C: c5 SUBSCRIBE a
S~ c5 BAD .*
C: c6 UNSUBSCRIBE a
S~ c6 BAD .*
