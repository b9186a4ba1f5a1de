# What is noted at a mailbox of somebody else.          RFC 5464 3.3, RFC 4314
CLEAR alice
CLEAR bob
PORT imaps
S* \* OK .*
LOGIN bob
C: b1 CREATE Team
S~ b1 OK .*
C: b2 SETMETADATA Team (/private/comment "bob's own" /shared/comment "for all")
S~ b2 OK .*
C: b3 SETMETADATA Team (/private/specialuse "\\\\Archive")
S~ b3 OK .*
CONN alice
S* \* OK .*
LOGIN alice
# Whoever may not look it up learns nothing of it.
C: a1 GETMETADATA "Other Users/bob@${domain}/Team" /shared/comment
S~ a1 NO \[NONEXISTENT\] .*
C: a2 SETMETADATA "Other Users/bob@${domain}/Team" (/private/comment "x")
S~ a2 NO \[NONEXISTENT\] .*
# l alone is not enough; nor is r without it.
CONN a
C: b4 SETACL Team alice@${domain} lxa
S~ b4 OK .*
CONN alice
C: a3 GETMETADATA "Other Users/bob@${domain}/Team" /shared/comment
S~ a3 NO \[NOPERM\] .*
C: a4 SETMETADATA "Other Users/bob@${domain}/Team" (/private/comment "x")
S~ a4 NO \[NOPERM\] .*
CONN a
C: b5 SETACL Team alice@${domain} r
S~ b5 OK .*
CONN alice
C: a5 GETMETADATA "Other Users/bob@${domain}/Team" /shared/comment
S~ a5 NO \[NONEXISTENT\] .*
# With both: what is shared, and private entries of one's own.
CONN a
C: b6 SETACL Team alice@${domain} lr
S~ b6 OK .*
CONN alice
C: a6 GETMETADATA "Other Users/bob@${domain}/Team" (/shared/comment /private/comment)
S: * METADATA "Other Users/bob@${domain}/Team" (/shared/comment "for all" /private/comment NIL)
S~ a6 OK .*
C: a7 SETMETADATA "Other Users/bob@${domain}/Team" (/private/comment "alice's")
S~ a7 OK .*
C: a8 GETMETADATA "Other Users/bob@${domain}/Team" (DEPTH infinity) /private
S: * METADATA "Other Users/bob@${domain}/Team" (/private/comment "alice's")
S~ a8 OK .*
C: a9 LIST "Other Users/" "%/Team" RETURN (METADATA (/shared/comment))
S: * LIST (\HasNoChildren) "/" "Other Users/bob@${domain}/Team"
S: * METADATA "Other Users/bob@${domain}/Team" (/shared/comment "for all")
S~ a9 OK .*
CONN a
C: b7 GETMETADATA Team (/private/comment /private/specialuse)
S: * METADATA Team (/private/comment "bob's own" /private/specialuse "\\Archive")
S~ b7 OK .*
# What everybody sees takes w; what it is for is its owner's.
CONN alice
C: a10 SETMETADATA "Other Users/bob@${domain}/Team" (/private/comment "new" /shared/comment "x")
S~ a10 NO \[NOPERM\] .*
C: a11 GETMETADATA "Other Users/bob@${domain}/Team" /private/comment
S: * METADATA "Other Users/bob@${domain}/Team" (/private/comment "alice's")
S~ a11 OK .*
CONN a
C: b8 SETACL Team alice@${domain} lrw
S~ b8 OK .*
C: b9 NOTIFY SET (mailboxes Team (MailboxMetadataChange))
S~ b9 OK .*
CONN second
S* \* OK .*
LOGIN alice
C: s1 NOTIFY SET (subtree "Other Users" (MailboxMetadataChange)) (personal (MailboxName))
S~ s1 OK .*
CONN alice
C: a12 SETMETADATA "Other Users/bob@${domain}/Team" (/private/comment "new" /shared/comment "x")
S~ a12 OK .*
C: a13 SETMETADATA "Other Users/bob@${domain}/Team" (/private/specialuse "\\\\Sent")
S~ a13 NO \[USEATTR\] .*
# Its owner hears of what is shared, the person's other sessions of both.
CONN a
S: * METADATA Team /shared/comment
NONE .*
CONN second
S: * METADATA "Other Users/bob@${domain}/Team" /private/comment
S: * METADATA "Other Users/bob@${domain}/Team" /shared/comment
C: s2 NOTIFY SET (personal (MailboxMetadataChange))
S~ s2 OK .*
CONN alice
C: a14 SETMETADATA "Other Users/bob@${domain}/Team" (/private/comment NIL)
S~ a14 OK .*
CONN second
NONE .*
CONN a
C: b10 GETMETADATA Team (/private/comment /shared/comment)
S: * METADATA Team (/private/comment "bob's own" /shared/comment "x")
S~ b10 OK .*
# It ends with the mailbox, and with the right to it.
C: b11 DELETEACL Team alice@${domain}
S~ b11 OK .*
CONN alice
C: a15 GETMETADATA "Other Users/bob@${domain}/Team" /shared/comment
S~ a15 NO \[NONEXISTENT\] .*
