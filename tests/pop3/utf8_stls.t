# RFC 6856 2.1: never STLS behind UTF8.
S~ \+OK .*
C: UTF8
S~ \+OK .*
C: STLS
S~ -ERR .*
CONN b
S~ \+OK .*
C: STLS
S~ \+OK .*
TLS
C: UTF8
S~ \+OK .*
LOGIN alice
