# What is no command: 500; none of it ends the session.     RFC 5321 4.2.4
S* 220 .*
C: EHLO client.example.net
S* 250 .*
C: FROBNICATE
S~ 500 5\.5\.[12] .*
C: MAILFROM:<a@example.net>
S~ 500 .*
C: 
S~ 500 .*
C:  NOOP
S~ 500 .*
C: 250 OK
S~ 500 .*
C: \x00
S~ 500 .*
C: \xff\xfe
S~ 500 .*
C: NOOP\xff
S~ (250|500|501) .*
C: EXPN list
S~ 502 .*
C: TURN
S~ 50[02] .*
# The web has forms that speak to port 25.
C: GET / HTTP/1.1
S~ 500 .*
C: NOOP
S~ 250 .*
