# RFC 5161: what is not known is not enabled, and no error.
PORT imaps
S* \* OK .*
C: a1 ENABLE X-NOTHING
S~ a1 BAD .*
LOGIN alice
C: a2 ENABLE X-NOTHING
S~ \* ENABLED ?
S~ a2 OK .*
C: a3 ENABLE
S~ a3 BAD .*
