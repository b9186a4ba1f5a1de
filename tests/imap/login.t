PORT imaps
S* \* OK .*
C: a1 LOGIN alice@example.test
S~ a1 BAD .*
C: a2 LOGIN alice@example.test wrong
S~ a2 NO \[AUTHENTICATIONFAILED\] .*
C: a3 LOGIN nobody@example.test postern-demo
S~ a3 NO \[AUTHENTICATIONFAILED\] .*
C: a4 LOGIN "" ""
S~ a4 NO .*
# Quoted and as literals.
C: a5 LOGIN "alice@example.test" {12}
S~ \+ .*
C: postern-demo
S~ a5 OK .*
# The answer or CAPABILITY say what there is now.
C: a6 LOGIN alice@example.test postern-demo
S~ a6 (BAD|NO) .*
C: a7 AUTHENTICATE PLAIN
S~ a7 (BAD|NO) .*
