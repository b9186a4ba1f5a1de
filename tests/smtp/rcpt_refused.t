S* 220 .*
C: EHLO client.example.net
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT
S~ 501 5\.[15]\.[0-9]+ .*
C: RCPT TO
S~ 501 .*
C: RCPT TO:
S~ 501 5\.1\.3 .*
C: RCPT TO:<>
S~ 501 5\.1\.3 .*
C: RCPT FROM:<alice@example.test>
S~ 501 .*
C: RCPT TO:alice@example.test, bob@example.test
S~ 501 5\.1\.3 .*
C: RCPT TO:<alice>
S~ 501 5\.1\.3 .*
C: RCPT TO:<alice@example.test
S~ 501 5\.1\.3 .*
C: RCPT TO:<alice@example..test>
S~ 501 5\.1\.3 .*
C: RCPT TO:<alice@example.test> NOTIFY=NEVER,SUCCESS
S~ 501 5\.5\.4 .*
C: RCPT TO:<\xc3\xa4lice@example.test>
S~ 553 5\.6\.7 .*
# With nobody to send to there is nothing to send.         4.1.1.4
C: DATA
S~ 55[04] .*|503 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
