# Before others, or behind them.                                       RFC 6710
CLEAR bob
S~ 220 .*
C: EHLO client.example.net
S* 250-MT-PRIORITY
S* 250 .*
# A decimal number from -9 to 9, once.                                     4.1
C: MAIL FROM:<a@example.net> MT-PRIORITY=10
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> MT-PRIORITY=-0
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> MT-PRIORITY
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> MT-PRIORITY=1 MT-PRIORITY=1
S~ 501 5\.5\.4 .*
# Strangers are not raised, but may stand back.
C: MAIL FROM:<a@example.net> MT-PRIORITY=1
S~ 250 2\.3\.6 0 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<a@example.net> MT-PRIORITY=0
S~ 250 2\.1\.0 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<a@example.net> mt-priority=-9
S~ 250 2\.1\.0 .*
C: RCPT TO:<bob@example.test> MT-PRIORITY=1
S~ 555 5\.5\.4 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: there is time
C: 
C: Hello
C: .
S~ 250 2\.0\.0 .*
# People are, up to what the operator allows.
CONN person
PORT submissions
S~ 220 .*
C: EHLO client.example.net
S* 250-MT-PRIORITY
S* 250 .*
LOGIN alice
C: MAIL FROM:<alice@example.test> MT-PRIORITY=9
S~ 250 2\.3\.6 4 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<alice@example.test> MT-PRIORITY=4
S~ 250 2\.1\.0 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: urgent
C: 
C: Hello
C: .
S~ 250 2\.0\.0 .*
# The trace says so: 4.1 (2).
CONN reader
PORT imaps
S* \* OK .*
LOGIN bob
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1:2 BODY.PEEK[HEADER.FIELDS (RECEIVED)]
S* \tpriority -9;
S* \tpriority 4;
S* b OK .*
