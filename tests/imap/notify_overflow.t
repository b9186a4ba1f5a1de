# More than is kept of what happens while a session is busy.   RFC 5465 5.8
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 NOTIFY SET (selected (MessageNew MessageExpunge)) (personal (MailboxName))
S~ a2 OK .*
C: a3 APPEND Drafts {4}
S~ \+ .*
CONN b
S* \* OK .*
LOGIN alice
RAW \(n CREATE x\r\nn DELETE x\r\n*65)
C: b1 NOOP
S* b1 OK .*
CONN a
C: test
S* a3 OK .*
S~ \* OK \[NOTIFICATIONOVERFLOW\] .*
# As if NOTIFY NONE had come, until it comes again.
CONN b
C: b2 CREATE x
S~ b2 OK .*
CONN a
MAIL alice one
C: a4 NOOP
S~ a4 OK .*
NONE .*
C: a5 NOTIFY SET (selected (MessageNew MessageExpunge)) (personal (MailboxName))
S: * 1 EXISTS
S: * 1 RECENT
S~ a5 OK .*
CONN b
C: b3 DELETE x
S~ b3 OK .*
CONN a
S: * LIST (\NonExistent \HasNoChildren) "/" x
# A hundred are told of, each name once.
C: a6 APPEND Drafts {4}
S~ \+ .*
CONN b
RAW \(n CREATE x\r\nn DELETE x\r\n*50)
C: b4 NOOP
S* b4 OK .*
CONN a
C: test
S* a6 OK .*
S: * LIST (\NonExistent \HasNoChildren) "/" x
NONE .*
