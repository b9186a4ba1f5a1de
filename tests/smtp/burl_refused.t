# What BURL refuses, and that nothing leaves with a piece missing. RFC 4468 6
CLEAR alice
CLEAR bob
APPEND alice Drafts
| From: <alice@example.test>
|
| hello
APPEND alice Drafts
| From: <bob@example.test>
|
| not hers to say
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 SELECT Drafts
S* a0 OK .*
C: a0b FETCH 1:2 UID
S~ \* 1 FETCH \(UID (?P<uid1>\d+)\)
S~ \* 2 FETCH \(UID (?P<uid2>\d+)\)
S~ a0b OK .*
C: a1 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid1};urlauth=submit+alice%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid1};urlauth=submit+bob%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid2};urlauth=authuser" INTERNAL
S~ \* GENURLAUTH "(?P<draft>[^"]*)" "(?P<bobs>[^"]*)" "(?P<lie>[^"]*)"
S~ a1 OK .*
C: a2 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=4294967295;urlauth=submit+alice%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid1};expire=2020-01-01T00:00:00Z;urlauth=submit+alice%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid1}/;section=5;urlauth=submit+alice%40${domain}" INTERNAL
S~ \* GENURLAUTH "(?P<none>[^"]*)" "(?P<old>[^"]*)" "(?P<nopart>[^"]*)"
S~ a2 OK .*
# Bytes that no line of mail may have: what is in a mailbox may have them.
C: a3 APPEND Drafts {37+}
RAW From: <alice@example.test>\r\n\r\na\n.\nb\r\n\r\n
S* a3 OK \[APPENDUID \d+ (?P<uid3>\d+)\] .*
C: a5 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid3};urlauth=authuser" INTERNAL
S~ \* GENURLAUTH "(?P<bare>[^"]*)"
S~ a5 OK .*
CONN a
PORT submissions
S~ 220 .*
LOGIN alice
# A message without this piece is none: what follows is not taken.
PIPE
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL ${draft}0a
RAW BDAT 2 LAST\r\nx\n
S~ 250 .*
S~ 250 .*
S~ 554 5\.6\.6 .*
S~ 503 5\.5\.1 .*
PIPE
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL ${none} LAST
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL ${old} LAST
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL ${nopart} LAST
S~ 250 .*
S~ 250 .*
S: 554 5.6.6 IMAP URL resolution failed
S~ 250 .*
S~ 250 .*
S: 554 5.6.6 IMAP URL resolution failed
S~ 250 .*
S~ 250 .*
S: 554 5.6.6 IMAP URL resolution failed
# For somebody else to submit; of another server; by nobody's leave; no URL.
PIPE
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL ${bobs} LAST
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL imap://alice@elsewhere.test/INBOX/;UID=1;URLAUTH=anonymous:internal:0191354a473744909de610943775f92038 LAST
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid1} LAST
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL http://elsewhere.test/ LAST
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL ${draft} FIRST
C: RSET
S~ 250 .*
S~ 250 .*
S~ 554 5\.7\.0 .*
S~ 250 .*
S~ 250 .*
S~ 554 5\.7\.14 .*
S~ 250 .*
S~ 250 .*
S~ 554 5\.7\.14 .*
S~ 250 .*
S~ 250 .*
S~ 501 5\.5\.4 .*
S~ 250 .*
S~ 250 .*
S~ 501 5\.5\.4 .*
S~ 250 .*
# What it names is text like any other: who wrote it, and what lines end with.
PIPE
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL ${lie}
RAW BDAT 0 LAST\r\n
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: BURL ${bare} LAST
C: NOOP
S~ 250 .*
S~ 250 .*
S~ 553 5\.7\.1 .*
S~ 503 5\.5\.1 .*
S~ 250 .*
S~ 250 .*
S~ 550 5\.6\.0 Bare CR or LF.*
S~ 250 .*
# A longer line than other commands may have.
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: BURL imap://alice%40${domain}@mail.${domain}/\(a*900)/;UID=1/;SECTION=HEADER.FIELDS%20(\(a%20*250)a);URLAUTH=anonymous:internal:0191354a473744909de610943775f92038 LAST
S~ 554 5\.6\.6 .*
# Not one of them has come.
CONN bob
PORT imaps
S* \* OK .*
LOGIN bob
C: b1 SELECT INBOX
S* \* 0 EXISTS
S* b1 OK .*
