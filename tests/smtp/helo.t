# HELO: one line, no extension, names host, peer and address.
S~ 220 (?P<host>\S+) .*
C: HELO
S~ 501 .*
C: HELO client.example.net
S~ 250 ${host} .*127\.0\.0\.1.*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: HELO client.example.net
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 503 5\.5\.1 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: by helo
C: 
C: Hello
C: .
S~ 250 .*
