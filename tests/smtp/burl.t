# What is in a mailbox leaves without being fetched first.         RFC 4468
CLEAR alice
CLEAR bob
APPEND alice Drafts
| From: <alice@example.test>
| To: <bob@example.test>
| Subject: a draft
| Message-ID: <draft@example.test>
|
| hello
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 SELECT Drafts
S* a0 OK .*
C: a0b FETCH 1 UID
S~ \* 1 FETCH \(UID (?P<uid>\d+)\)
S~ a0b OK .*
C: a1 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid};urlauth=submit+alice%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid}/;section=text;urlauth=submit+alice%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid};urlauth=submit+bob%40${domain}" INTERNAL
S~ \* GENURLAUTH "(?P<draft>[^"]*)" "(?P<text>[^"]*)" "(?P<bobs>[^"]*)"
S~ a1 OK .*
C: a2 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=4294967295;urlauth=submit+alice%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid};expire=2020-01-01T00:00:00Z;urlauth=submit+alice%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid}/;section=5;urlauth=submit+alice%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/Drafts/;uid=${uid}/;section=text;urlauth=anonymous" INTERNAL
S~ \* GENURLAUTH "(?P<none>[^"]*)" "(?P<old>[^"]*)" "(?P<nopart>[^"]*)" "(?P<any>[^"]*)"
S~ a2 OK .*
# Only message submission may use it.                          RFC 4467 3
C: a3 URLFETCH "${draft}"
S: * URLFETCH "${draft}" NIL
S~ a3 OK .*
# Offered to who has logged in, and to nobody else.           RFC 4468 3.1
CONN world
PORT smtp
S* 220 .*
C: EHLO client.example.test
S* 250[- ]CHUNKING
NONE 250.BURL.*
C: MAIL FROM:<a@example.net>
S* 250 2\.1\.0 .*
C: BURL ${draft} LAST
S~ 500 5\.5\.2 .*
CONN clear
PORT submission
S* 220 .*
C: EHLO client.example.test
S* 250[- ]CHUNKING
NONE 250.BURL.*
C: BURL ${draft} LAST
S* 530 5\.7\.0 .*
CONN a
PORT submissions
S~ 220 .*
LOGIN alice
C: EHLO client.example.test
S* 250 BURL imap
# 3.2: inside a transaction, behind a recipient.
C: BURL ${draft} LAST
S~ 503 5\.5\.1 .*
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<nobody@example.test>
S~ 550 .*
C: BURL ${draft} LAST
S~ 554 5\.5\.0 .*
# A whole message, in one round trip.                         RFC 4468 3.4
PIPE
C: RCPT TO:<bob@example.test>
C: BURL ${draft} LAST
C: NOOP
S~ 250 2\.1\.5 .*
S~ 250 2\.0\.0 Ok: queued .*
S~ 250 .*
# Of pieces, and what the client has itself.
PIPE
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
RAW BDAT 30\r\nFrom: <alice@example.test>\r\n\r\n
C: BURL ${text}
C: BURL ${any}
RAW BDAT 9 LAST\r\nthe end\r\n
S~ 250 .*
S~ 250 .*
S~ 250 2\.0\.0 30 octets .*
S: 250 2.5.0 Waiting for additional BURL or BDAT commands
S: 250 2.5.0 Waiting for additional BURL or BDAT commands
S~ 250 2\.0\.0 Ok: queued .*
PIPE
C: MAIL FROM:<alice@example.test>
C: RCPT TO:<bob@example.test>
RAW BDAT 30\r\nFrom: <alice@example.test>\r\n\r\n
C: burl ${text} last
S~ 250 .*
S~ 250 .*
S~ 250 .*
S~ 250 2\.0\.0 Ok: queued .*
CONN bob
PORT imaps
S* \* OK .*
LOGIN bob
C: b1 SELECT INBOX
S* \* 3 EXISTS
S* b1 OK .*
C: b2 FETCH 1:3 BODY.PEEK[TEXT]
S~ \* 1 FETCH \(BODY\[TEXT\] \{7\}
S: hello
S: )
S~ \* 2 FETCH \(BODY\[TEXT\] \{23\}
S: hello
S: hello
S: the end
S: )
S~ \* 3 FETCH \(BODY\[TEXT\] \{7\}
S: hello
S: )
S~ b2 OK .*
C: b3 FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT MESSAGE-ID)]
S~ \* 1 FETCH .*
S~ Subject: a draft
S~ Message-ID: <draft@example\.test>
S* b3 OK .*
