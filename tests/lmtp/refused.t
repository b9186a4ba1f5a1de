# What is no message is refused to each of them.
S~ 220 .*
C: LHLO mx.front.test
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
RAW Subject: bare\r\n\r\na\nb\r\n.\r\nNOOP\r\n
S~ 550 5\.6\.0 .*
S~ 550 5\.6\.0 .*
S~ 250 2\.0\.0 Ok
