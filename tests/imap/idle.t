# RFC 2177: told by itself of mail that comes by SMTP, by APPEND, and of
# what other sessions do.
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* \* 0 EXISTS
S* a1 OK .*
C: a2 IDLE
S~ \+ .*
MAIL alice one
S* \* 1 EXISTS
APPEND alice INBOX
| Subject: two
|
S* \* 2 EXISTS
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT INBOX
S* b1 OK .*
C: b2 STORE 1 +FLAGS (\Flagged)
S* b2 OK .*
CONN a
S* \* 1 FETCH \(.*\\Flagged.*\)
CONN b
C: b3 STORE 1 +FLAGS.SILENT (\Deleted)
S* b3 OK .*
C: b4 EXPUNGE
S* b4 OK .*
CONN a
S* \* 1 EXPUNGE
RAW do
RAW ne\r\n
S* a2 OK .*
C: a3 NOOP
S~ a3 OK .*
# Without a mailbox selected it idles all the same.
C: a4 CLOSE
S~ a4 OK .*
C: a5 IDLE
S~ \+ .*
C: DONE
S~ a5 OK .*
# Anything but DONE is BAD.
C: a6 IDLE
S~ \+ .*
C: a7 NOOP
S~ a6 BAD .*
C: a8 NOOP
S* a8 OK .*
C: a9 IDLE now
S~ a9 BAD .*
