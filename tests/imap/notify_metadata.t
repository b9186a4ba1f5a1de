# MailboxMetadataChange and ServerMetadataChange.          RFC 5465 5.6, 5.7
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 NOTIFY SET (mailboxes (Drafts Sent) (MailboxMetadataChange)) (mailboxes Sent NONE)
S~ a1 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 SETMETADATA Drafts (/private/comment "x" /shared/comment "y")
S~ b1 OK .*
CONN a
S: * METADATA Drafts /private/comment
S: * METADATA Drafts /shared/comment
# 5.6: what is removed is told of as well; not of others, and none.
CONN b
C: b2 SETMETADATA Drafts (/private/comment NIL)
S~ b2 OK .*
C: b3 SETMETADATA Sent (/private/comment "x")
S~ b3 OK .*
C: b4 SETMETADATA INBOX (/private/comment "x")
S~ b4 OK .*
C: b5 SETMETADATA "" (/private/comment "x")
S~ b5 OK .*
CONN a
S: * METADATA Drafts /private/comment
NONE .*
# Of no mailbox; what the session does itself it knows.
C: a2 NOTIFY SET (mailboxes Drafts (ServerMetadataChange))
S~ a2 OK .*
CONN b
C: b6 SETMETADATA "" (/private/comment NIL)
S~ b6 OK .*
C: b7 SETMETADATA Drafts (/shared/comment NIL)
S~ b7 OK .*
CONN a
S: * METADATA "" /private/comment
C: a3 SETMETADATA "" (/private/comment "z")
S~ a3 OK .*
NONE .*
# A name is told of although its metadata changes next.
C: a4 NOTIFY SET (personal (MailboxName MailboxMetadataChange))
S~ a4 OK .*
C: a5 APPEND Drafts {4}
S~ \+ .*
CONN b
C: b8 CREATE noted
S~ b8 OK .*
C: b9 SETMETADATA noted (/private/comment "x")
S~ b9 OK .*
CONN a
C: test
S* a5 OK .*
S: * LIST (\HasNoChildren) "/" noted
S: * METADATA noted /private/comment
