# RFC 6856 3: one language, before the login and behind it.
PORT pop3s
S~ \+OK .*
C: LANG
S~ \+OK .*
S: en English
S: .
C: LANG en
S~ \+OK en .*
C: LANG *
S~ \+OK en .*
C: LANG de
S~ -ERR .*
LOGIN alice
C: LANG EN-GB
S~ \+OK en .*
C: LANG e
S~ -ERR .*
