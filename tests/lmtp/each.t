# An answer for each recipient behind the text.                  RFC 2033 4.2
CLEAR alice
CLEAR bob
S~ 220 \S+ LMTP .*
C: LHLO mx.front.test
S* 250-PIPELINING
S* 250-ENHANCEDSTATUSCODES
S* 250[- ]STARTTLS
PIPE
C: MAIL FROM:<a@example.net>
C: RCPT TO:<alice@example.test>
C: RCPT TO:<nobody@example.test>
C: RCPT TO:<bob@example.test>
C: RCPT TO:<alice@example.test>
C: DATA
S~ 250 2\.1\.0 .*
S~ 250 2\.1\.5 .*
S~ 550 5\.1\.1 .*
S~ 250 2\.1\.5 .*
S~ 250 2\.1\.5 .*
S~ 354 .*
PIPE
C: Subject: by LMTP
C:
C: Hello
C: .
C: NOOP
# One for each that was taken, in their order, also where two are the same.
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 2\.0\.0 Ok: queued as .*
S~ 250 2\.0\.0 Ok
# In the mailbox once, and the trace says how it came (RFC 3848).
CONN b
PORT imaps
S~ \* OK .*
LOGIN alice
C: a SELECT INBOX
S* \* 1 EXISTS
S* a OK .*
C: b FETCH 1 BODY.PEEK[HEADER.FIELDS (Received)]
S* .*\(Postern\) with LMTP.*
S* b OK .*
