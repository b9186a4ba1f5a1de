# RENAME of INBOX: its messages go, it stays.       RFC 3501 6.3.5, RFC 9051 6.3.6
APPEND alice INBOX (\Seen $Label)
| Subject: one
|
| one
APPEND alice INBOX
| Subject: two
|
| two
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CREATE INBOX/below
S~ a1 OK .*
C: a2 RENAME inbox "old/mail"
S~ a2 OK .*
C: a3 STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 0)
S~ a3 OK .*
C: a4 LIST "" "INBOX*"
S* a4 OK .*
C: a5 EXAMINE "old/mail"
S* \* 2 EXISTS
S* a5 OK .*
C: a6 FETCH 1:* (FLAGS BODY.PEEK[TEXT])
S~ \* 1 FETCH \(FLAGS \((?=.*\\Seen)(?=.*\$Label).*\) BODY\[TEXT\] .*
S* \* 2 FETCH .*
S* a6 OK .*
C: a7 RENAME INBOX "old/mail"
S~ a7 NO \[ALREADYEXISTS\] .*
C: a8 STATUS INBOX/below (MESSAGES)
S: * STATUS INBOX/below (MESSAGES 0)
S~ a8 OK .*
