# RFC 2342.
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 NAMESPACE
S: * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
S~ a1 OK .*
C: a2 NAMESPACE more
S~ a2 BAD .*
