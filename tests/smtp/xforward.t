S* 220 .*
C: XFORWARD NAME=x
S: 500 5.5.2 Unknown command
FROM 127.0.0.9
CONN b
S~ 220 (?P<host>\S+) .*
C: EHLO front.example.net
S* 250 XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE
C: XFORWARD NAME=client.example.net ADDR=198.51.100.7 PORT=4711
S: 250 2.0.0 Ok
C: XFORWARD PROTO=ESMTP HELO=client.example.net IDENT=4ABC SOURCE=REMOTE
S: 250 2.0.0 Ok
C: XFORWARD LOGIN=alice
S~ 501 5\.5\.4 .*
C: XFORWARD SOURCE=ELSEWHERE
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: XFORWARD NAME=x
S: 503 5.5.1 Not inside a transaction
# It changes nothing but what is written down.
C: EHLO front.example.net
S~ 250-${host} Hello front.example.net \[127\.0\.0\.9\]
