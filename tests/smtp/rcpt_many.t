# 100 recipients and more must be taken: 4.5.3.1.8. The same one over and
# over is one.
S* 220 .*
C: EHLO client.example.net
S* 250 .*
PIPE
C: MAIL FROM:<a@example.net>
RAW \(RCPT TO:<alice@example.test>\r\n*100)
C: DATA
S~ 250 .*
S* 354 .*
C: Subject: a hundred times
C: 
C: Hello
C: .
S~ 250 .*
