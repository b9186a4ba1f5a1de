# Every way to get MAIL wrong.                            RFC 5321 4.1.1.2
S* 220 .*
C: EHLO client.example.net
S* 250 .*
C: MAIL
S~ 501 5\.[15]\.[0-9]+ .*
C: MAIL a@example.net
S~ 501 .*
C: MAIL FROM
S~ 501 .*
C: MAIL FROM:
S~ 501 5\.1\.7 .*
C: MAIL FROM: a b@example.net
S~ 501 5\.1\.7 .*<.*@.*>.*
C: MAIL FROM:<a@example.net
S~ 501 5\.1\.7 .*
C: MAIL FROM:<a>
S~ 501 5\.1\.7 .*
C: MAIL FROM:<a@b@c>
S~ 501 5\.1\.7 .*
C: MAIL FROM:<a@-b>
S~ 501 5\.1\.7 .*
C: MAIL TO:<a@example.net>
S~ 501 .*
C: MAIL FROM:<a@example.net>SIZE=1
S~ 501 .*
C: MAIL FROM:<a@example.net> SIZE=x
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> BODY=BINARY
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> SIZE=1 SIZE=1
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> RET=ALL
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> ENVID=QQ+3
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> X-UNKNOWN
S~ 555 5\.5\.4 .*
C: MAIL FROM:<\xc3\xa4@example.net>
S~ 553 5\.6\.7 .*
# None of them began anything.
C: RCPT TO:<alice@example.test>
S~ 503 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
