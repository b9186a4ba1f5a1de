# 50 hops are many; more is a loop.                           RFC 5321 6.3
S* 220 .*
C: EHLO client.example.net
S* 250 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
RAW \(Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000\r\n*50)
C: Subject: far
C: 
C: Hello
C: .
S~ 250 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
RAW \(Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000\r\n*51)
C: Subject: loop
C: 
C: Hello
C: .
S~ 554 5\.4\.6 .*
