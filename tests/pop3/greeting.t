# RFC 1939 4. No timestamp in it: there is no APOP.
S~ \+OK [^<>]*
C: NOOP
S~ -ERR .*
C: APOP alice c4c9334bac560ecc979e58001b3e22fb
S~ -ERR .*
C: QUIT
S~ \+OK .*
CLOSED
