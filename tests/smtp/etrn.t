# Nobody may ask for mail of others unless the operator says so.    RFC 1985
# tests/test_etrn.py has a server on which some may.
S~ 220 .*
C: EHLO client.example.net
S* 250 .*
NONE 250.ETRN.*
C: ETRN example.net
S~ 502 5\.5\.1 .*
C: ETRN
S~ 502 5\.5\.1 .*
C: HELP ETRN
S~ 214.*ETRN.*
S~ 214.*
# Not inside a transaction.                                         5
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: ETRN example.net
S~ 503 5\.5\.1 .*
