# RFC 2971: in any state; a list of pairs, or NIL.
PORT imaps
S* \* OK .*
C: a1 ID NIL
S~ \* ID (NIL|\(.*\))
S~ a1 OK .*
C: a2 ID ("name" "dialogue" "version" NIL)
S~ \* ID (NIL|\(.*\))
S~ a2 OK .*
C: a3 ID ("name")
S~ a3 BAD .*
C: a4 ID
S~ a4 BAD .*
LOGIN alice
C: a5 ID ()
S~ \* ID .*
S~ a5 OK .*
