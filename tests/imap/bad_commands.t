# BAD, and the session goes on.                               RFC 3501 7.1.3
PORT imaps
S* \* OK .*
C: a1 FROBNICATE
S~ a1 BAD .*
C: a2
S~ (a2|\*) BAD .*
C: 
S~ \* BAD .*
C: a3 NOOP more
S~ a3 BAD .*
C: a4NOOP
S~ (a4NOOP|\*) BAD .*
C: (a5) NOOP
S~ \* BAD .*
C: a+6 NOOP
S~ \* BAD .*
C: a7 UID
S~ a7 BAD .*
C: a8 UID NOOP
S~ a8 BAD .*
C: a9 NO\0OP
S~ (a9|\*) BAD .*
C: a10 NOOP
S~ a10 OK .*
