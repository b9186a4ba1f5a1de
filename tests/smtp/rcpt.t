# RCPT TO.                                                RFC 5321 4.1.1.3
S* 220 .*
C: RCPT TO:<alice@example.test>
S~ 503 5\.5\.1 .*
C: EHLO client.example.net
S* 250 .*
C: RCPT TO:<alice@example.test>
S~ 503 5\.5\.1 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 2\.1\.5 .*
# Any case of the domain, and here of the local part; quoted is the same.
C: rcpt to: <ALICE@EXAMPLE.TEST>
S~ 250 .*
C: RCPT TO:<"alice"@example.test>
S~ 250 .*
C: RCPT TO:<@relay.example.net:bob@example.test>
S~ 250 .*
# Nobody.
C: RCPT TO:<nobody@example.test>
S~ 550 5\.1\.1 .*
# Not ours, and the world may not relay.
C: RCPT TO:<someone@example.org>
S~ 550 5\.7\.1 .*
C: RCPT TO:<alice@sub.example.test>
S~ 550 5\.7\.1 .*
C: RCPT TO:<alice@[127.0.0.1]>
S~ 550 .*
C: RCPT TO:<alice%example.org@example.test>
S~ 550 5\.1\.1 .*
C: RCPT TO:<"alice@example.org"@example.test>
S~ 550 5\.1\.1 .*
# Refusals leave those that were taken.
C: DATA
S~ 354 .*
C: Subject: to two
C: 
C: Hello
C: .
S~ 250 .*
# After the message the envelope is gone.
C: RCPT TO:<alice@example.test>
S~ 503 .*
# Postmaster is somebody at every domain, and with none.              4.5.1
C: MAIL FROM:<>
S~ 250 .*
C: RCPT TO:<PostMaster@example.test>
S~ 250 2\.1\.5 .*
C: RCPT TO:<Postmaster>
S~ 250 2\.1\.5 .*
