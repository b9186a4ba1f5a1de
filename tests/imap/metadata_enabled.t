# METADATA that nobody asked for, behind ENABLE.            RFC 5464 4.4.2
CLEAR alice
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 ENABLE METADATA
S: * ENABLED METADATA
S~ a1 OK .*
C: a2 ENABLE METADATA
S: * ENABLED
S~ a2 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 SETMETADATA INBOX (/private/comment "x" /shared/comment "y")
S~ b1 OK .*
C: b2 SETMETADATA INBOX (/private/comment "z")
S~ b2 OK .*
C: b3 SETMETADATA "" (/private/comment "s")
S~ b3 OK .*
# With the next answer; each once, and not what the session does itself.
CONN a
C: a3 NOOP
S: * METADATA INBOX /private/comment
S: * METADATA INBOX /shared/comment
S: * METADATA "" /private/comment
S~ a3 OK .*
C: a4 SETMETADATA INBOX (/private/comment NIL)
S~ a4 OK .*
C: a5 NOOP
S~ a5 OK .*
# While it is idle, at once, with and without a mailbox.
C: a6 IDLE
S~ \+ .*
CONN b
C: b4 NOOP
S~ b4 OK .*
C: b5 SETMETADATA Drafts (/private/comment "x")
S~ b5 OK .*
CONN a
S: * METADATA Drafts /private/comment
C: DONE
S~ a6 OK .*
C: a7 SELECT INBOX
S* a7 OK .*
C: a8 IDLE
S~ \+ .*
APPEND alice INBOX
| Subject: new
|
| text
S~ \* 1 EXISTS
S* \* 1 RECENT
CONN b
C: b6 SETMETADATA Drafts (/private/comment NIL)
S~ b6 OK .*
CONN a
S: * METADATA Drafts /private/comment
C: DONE
S~ a8 OK .*
# NOTIFY decides while there is one.
C: a9 NOTIFY SET (mailboxes Sent (MailboxMetadataChange))
S~ a9 OK .*
CONN b
C: b7 SETMETADATA Drafts (/private/comment "x")
S~ b7 OK .*
C: b8 SETMETADATA Sent (/private/comment "x")
S~ b8 OK .*
CONN a
S: * METADATA Sent /private/comment
C: a10 NOOP
S~ a10 OK .*
# Who has not enabled it hears nothing, nor the next one who logs in.
C: a11 UNAUTHENTICATE
S~ a11 OK .*
LOGIN alice
CONN b
C: b9 SETMETADATA Drafts (/private/comment NIL)
S~ b9 OK .*
CONN a
C: a12 NOOP
S~ a12 OK .*
C: a13 SETMETADATA "" (/private/comment NIL)
S~ a13 OK .*
