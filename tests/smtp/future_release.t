# Mail that leaves later, also to people of the same server.      RFC 4865
CLEAR bob
CONN reader
PORT imaps
S* \* OK .*
LOGIN bob
C: a SELECT INBOX
S* a OK .*
C: b IDLE
S~ \+ .*
CONN a
PORT submissions
S~ 220 .*
C: EHLO client.example.test
S* 250-FUTURERELEASE 7776000 \d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ
S* 250 .*
LOGIN alice
# 4 (4): one of the two, once, of the right shape; 4.2 (7) to (11)
C: MAIL FROM:<alice@example.test> HOLDFOR=5 HOLDFOR=5
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDFOR=5 HOLDUNTIL=2026-12-01T00:00:00Z
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDFOR=0
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDFOR=-5
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDFOR
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDFOR=0000000005
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDFOR=7776001
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDUNTIL=2026-12-01
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDUNTIL=2026-12-01T00:00:00+01:00
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDUNTIL=9999-12-31T23:59:59Z
S~ 501 5\.5\.4 .*
# 5.1.1: a report leaves at once.
C: MAIL FROM:<> HOLDFOR=5
S~ 501 5\.5\.4 .*
# Not of RCPT.
C: MAIL FROM:<alice@example.test> holdfor=7776000
S~ 250 .*
C: RCPT TO:<bob@example.test> HOLDFOR=5
S~ 555 5\.5\.4 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<alice@example.test> HOLDFOR=2 RET=HDRS SIZE=100 BODY=8BITMIME
S~ 250 .*
C: RCPT TO:<bob@example.test> NOTIFY=FAILURE
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: two seconds later
C: 
C: Hello
C: .
S~ 250 2\.0\.0 .*
CONN reader
NONE .*EXISTS.*
S~ \* 1 EXISTS
S* \* 1 RECENT|.*
C: DONE
S* b OK .*
C: c FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]
S~ \* 1 FETCH .*
S: Subject: two seconds later
S* c OK .*
# What has come already is no reason to wait.
CONN a
C: MAIL FROM:<alice@example.test> HOLDUNTIL=2001-01-01T00:00:00.5Z
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: at once
C: 
C: Hello
C: .
S~ 250 2\.0\.0 .*
CONN reader
C: d NOOP
S~ \* 2 EXISTS
S* d OK .*
# Strangers may not.                                             4.2 (2)
CONN b
PORT smtp
S~ 220 .*
C: EHLO client.example.test
S* 250 .*
C: MAIL FROM:<a@client.test> HOLDFOR=5
S~ 555 5\.5\.4 .*
