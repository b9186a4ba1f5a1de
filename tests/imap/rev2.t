# IMAP4rev2: no leftover of IMAP4rev1.                    RFC 9051 6.3.1, A, E
APPEND alice INBOX
| Subject: one
|
| one
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY IMAP4rev1 IMAP4rev2 .*
S~ a0 OK .*
C: a1 CREATE Entw&APw-rfe
S~ a1 OK .*
# Nobody is told of it who has not asked for it.
C: a2 SELECT "Entw&APw-rfe"
NONE \* LIST.*
S* a2 OK .*
C: a3 LIST "" E*
S: * LIST (\HasNoChildren) "/" Entw&APw-rfe
S~ a3 OK .*
C: a4 ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S~ a4 OK .*
# Names are UTF-8, quoted; what they hold is what is meant.
C: a5 LIST "" E*
S: * LIST (\HasNoChildren) "/" "Entwürfe"
S~ a5 OK .*
C: a6 STATUS "Entwürfe" (MESSAGES SIZE DELETED)
S: * STATUS "Entwürfe" (MESSAGES 0 DELETED 0 SIZE 0)
S~ a6 OK .*
C: a7 CREATE "&APw-"
S~ a7 OK .*
C: a8 LIST "" &*
S: * LIST (\HasNoChildren) "/" "&APw-"
S~ a8 OK .*
C: a9 DELETE &APw-
S~ a9 OK .*
RAW b0 CREATE "x\xff"\r\n
S~ b0 BAD .*
# A name that is not composed is told as it is.                6.3.9.7
RAW b1 CREATE "Au\xcc\x88"\r\n
S~ \* LIST \(\\HasNoChildren\) "/" "Aü" \("OLDNAME" \("Au.+"\)\)
S~ b1 OK .*
RAW b2 RENAME "Au\xcc\x88" "Bu"\r\n
S~ \* LIST \(\\HasNoChildren\) "/" "Bu" \("OLDNAME" \("Au.+"\)\)
S~ b2 OK .*
RAW b3 RENAME Bu "Bu\xcc\x88"\r\n
S: * LIST (\HasNoChildren) "/" "Bü" ("OLDNAME" ("Bu"))
S~ b3 OK .*
RAW b4 SELECT "Bu\xcc\x88"\r\n
S~ \* OK \[CLOSED\] .*
S~ \* 0 EXISTS
S* \* LIST \(\\HasNoChildren\) "/" "Bü" \("OLDNAME" \("Bu.+"\)\)
S~ b4 OK .*
RAW b5 DELETE "Bu\xcc\x88"\r\n
S* \* LIST \(\\NonExistent \\HasNoChildren\) "/" "Bü" \("OLDNAME" \("Bu.+"\)\)
S* b5 OK .*
# SELECT: the mailbox, and nothing recent, in no answer.          E 10 to 12
C: c1 SELECT inbox
S* \* 1 EXISTS
S~ \* OK \[UIDVALIDITY .*
S~ \* OK \[UIDNEXT .*
S~ \* OK \[HIGHESTMODSEQ .*
S~ \* OK \[MAILBOXID .*
S~ \* OK \[URLMECH INTERNAL\] .*
S~ \* FLAGS .*
S~ \* OK \[PERMANENTFLAGS .*
S: * LIST (\HasNoChildren \Subscribed) "/" "INBOX"
S~ c1 OK \[READ-WRITE\] .*
C: c2 FETCH 1 FLAGS
S: * 1 FETCH (FLAGS ())
S~ c2 OK .*
# SEARCH answers with ESEARCH.                                         6.4.4
C: c2b FETCH 1 UID
S~ \* 1 FETCH \(UID (?P<uid>\d+)\)
S~ c2b OK .*
C: c3 SEARCH ALL
S: * ESEARCH (TAG "c3") ALL 1
S~ c3 OK .*
C: c4 UID SEARCH SEEN
S: * ESEARCH (TAG "c4") UID
S~ c4 OK .*
C: c5 SEARCH RETURN (COUNT) ALL
S: * ESEARCH (TAG "c5") COUNT 1
S~ c5 OK .*
# What comes unasked names the UID; nothing is RECENT.
APPEND alice INBOX
| Subject: two
|
| two
C: c6 NOOP
S: * 2 EXISTS
S~ c6 OK .*
C: c7 FETCH 1 BODY[TEXT]
S: * 1 FETCH (UID ${uid} FLAGS (\Seen) BODY[TEXT] {5}
S: one
S: )
S~ c7 OK .*
# What this session saw is new to the others.
CONN b
S* \* OK .*
LOGIN alice
C: d1 SELECT INBOX
S~ \* 2 EXISTS
S~ \* 2 RECENT
S* d1 OK .*
