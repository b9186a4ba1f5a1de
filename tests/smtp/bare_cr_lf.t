# Bare CR, bare LF and NUL in a text: 550, nothing stored, session goes on.
S* 220 .*
C: EHLO client.example.net
S* 250 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
RAW Subject: x\r\n\r\na\nb\r\n.\r\n
S~ 550 5\.6\.0 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
RAW Subject: x\r\n\r\na\rb\r\n.\r\n
S~ 550 5\.6\.0 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
RAW Subject: x\r\n\r\na\r\r\n.\r\n
S~ 550 5\.6\.0 .*
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
RAW Subject: x\r\n\r\na\0b\r\n.\r\n
S~ 550 5\.6\.0 .*
# And a good one behind them.
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
RAW Subject: x\r\n\r\na b\r\n.\r\n
S~ 250 .*
