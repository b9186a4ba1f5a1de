# Metadata that is not taken, and names that are none.              RFC 5464
CLEAR alice
PORT imaps
S* \* OK .*
C: a0 GETMETADATA "" /shared/admin
S~ a0 BAD .*
LOGIN alice
# Names.                                                               3.2
C: a1 GETMETADATA "" /comment
S~ a1 BAD .*
C: a2 GETMETADATA "" /private/a//b
S~ a2 BAD .*
C: a3 GETMETADATA "" /private/a/
S~ a3 BAD .*
C: a4 GETMETADATA "" "/private/a*"
S~ a4 BAD .*
C: a5 GETMETADATA "" /privateer/x
S~ a5 BAD .*
C: a6 SETMETADATA "" (/private "x")
S~ a6 BAD .*
C: a7 SETMETADATA "" (/private/vendor/x "x")
S~ a7 BAD .*
C: a8 SETMETADATA "" (/private/\(a*260) "x")
S~ a8 BAD .*
C: a9 SETMETADATA "" (/private/x "\xff")
S~ a9 BAD .*
# Forms.
C: b1 GETMETADATA ""
S~ b1 BAD .*
C: b2 GETMETADATA "" (DEPTH 2) /private/x
S~ b2 BAD .*
C: b3 GETMETADATA "" (WIDTH 2) /private/x
S~ b3 BAD .*
C: b4 GETMETADATA "" (MAXSIZE x) /private/x
S~ b4 BAD .*
C: b5 SETMETADATA "" /private/x "y"
S~ b5 BAD .*
C: b6 SETMETADATA "" (/private/x)
S~ b6 BAD .*
C: b7 SETMETADATA "" (/private/x {3+}
RAW a\0b)\r\n
S~ b7 BAD .*
C: b8 LIST "" * RETURN (METADATA)
S~ b8 BAD .*
C: b9 LIST "" * RETURN (METADATA (/x/y))
S~ b9 BAD .*
# Too many of them.
C: b10 GETMETADATA "" (\(/private/x *32)/private/x)
S~ b10 NO \[LIMIT\] .*
C: b11 LIST "" * RETURN (METADATA (\(/private/x *32)/private/x))
S~ b11 NO \[LIMIT\] .*
C: b12 SETMETADATA "" (/private/a \(NIL /private/a *128)NIL)
S~ b12 OK .*
# There is no such mailbox, and none can be.
C: c1 GETMETADATA nothing /private/x
S~ c1 NO \[NONEXISTENT\] .*
C: c2 GETMETADATA nothing (DEPTH infinity) /private
S~ c2 NO \[NONEXISTENT\] .*
C: c3 SETMETADATA nothing (/private/x "y")
S~ c3 NO \[NONEXISTENT\] .*
C: c4 SETMETADATA "&&" (/private/x "y")
S~ c4 NO \[NONEXISTENT\] .*
# What everybody would see is the operator's to write.                 3.3
C: d1 SETMETADATA "" (/private/x "y" /shared/comment "mine")
S~ d1 NO \[NOPERM\] .*
C: d2 SETMETADATA "" (/shared/admin "mailto:me@example.net")
S~ d2 NO \[NOPERM\] .*
C: d3 GETMETADATA "" (/private/x /shared/comment)
S: * METADATA "" (/private/x NIL /shared/comment NIL)
S~ d3 OK .*
# Too long, in a literal that is taken and in one that is not.         4.3
C: e1 SETMETADATA INBOX (/private/y "y" /private/x {32769+}
C: \(x*32769))
S~ e1 NO \[METADATA MAXSIZE 32768\] .*
C: e2 SETMETADATA INBOX (/private/x {70000+}
C: \(x*70000))
S~ e2 NO \[METADATA MAXSIZE 32768\] .*
C: e3 SETMETADATA INBOX (/private/x {70000}
S~ e3 NO \[METADATA MAXSIZE 32768\] .*
C: e4 SETMETADATA INBOX (/private/x {32768+}
C: \(x*32768))
S~ e4 OK .*
C: e5 GETMETADATA INBOX (MAXSIZE 1) (/private/x /private/y)
S: * METADATA INBOX (/private/y NIL)
S~ e5 OK \[METADATA LONGENTRIES 32768\] .*
# What no mailbox is for, and INBOX.                               RFC 6154 4
C: f1 CREATE metadata4.t
S~ f1 OK .*
C: f2 SETMETADATA metadata4.t (/private/x "y" /private/specialuse "\\\\Fun")
S~ f2 NO \[USEATTR\] .*
C: f3 GETMETADATA metadata4.t /private/x
S: * METADATA metadata4.t (/private/x NIL)
S~ f3 OK .*
C: f4 SETMETADATA INBOX (/private/specialuse "\\\\Junk")
S~ f4 NO \[USEATTR\] .*
C: f5 DELETE metadata4.t
S~ f5 OK .*
C: f6 SETMETADATA INBOX (/private/x NIL)
S~ f6 OK .*
