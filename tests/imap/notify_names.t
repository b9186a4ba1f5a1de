# MailboxName and SubscriptionChange.                      RFC 5465 5.4, 5.5
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 NOTIFY SET (personal (MailboxName SubscriptionChange))
S~ a1 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 CREATE top
S~ b1 OK .*
CONN a
S: * LIST (\HasNoChildren) "/" top
# The one above it is affected as well.
CONN b
C: b2 CREATE top/in/deep
S~ b2 OK .*
CONN a
S* \* LIST \(\\HasNoChildren\) "/" top/in/deep
CONN b
C: b3 SUBSCRIBE top/in
S~ b3 OK .*
CONN a
S* \* LIST \(\\HasChildren \\Subscribed\) "/" top/in
# Renamed: all that is below it goes with it without a word.
CONN b
C: b4 RENAME top/in n&AOk-w
S~ b4 OK .*
CONN a
S: * LIST (\HasChildren) "/" n&AOk-w ("OLDNAME" (top/in))
CONN b
C: b5 DELETE n&AOk-w/deep
S~ b5 OK .*
CONN a
S{
S: * LIST (\NonExistent \HasNoChildren) "/" n&AOk-w/deep
S: * LIST (\HasNoChildren) "/" n&AOk-w
}
CONN b
C: b6 UNSUBSCRIBE top/in
S~ b6 OK .*
CONN a
S: * LIST (\NonExistent \HasNoChildren) "/" top/in
NONE .*
# Messages were not asked for.
MAIL alice one
NONE .*
# What the session does itself is not told.
C: a2 CREATE mine
S~ a2 OK .*
C: a3 SUBSCRIBE mine
S~ a3 OK .*
NONE .*
# Only what is asked for: a subtree, what it is called or was called; NONE.
C: a4 NOTIFY SET (subtree top (MailboxName)) (mailboxes (top/not) NONE) (subscribed (SubscriptionChange))
S~ a4 OK .*
CONN b
C: b7 CREATE topless
S~ b7 OK .*
C: b8 CREATE top/not
S~ b8 OK .*
C: b9 SUBSCRIBE topless
S~ b9 OK .*
C: b10 UNSUBSCRIBE topless
S~ b10 OK .*
C: b11 CREATE top/x
S~ b11 OK .*
C: b12 RENAME top/x elsewhere
S~ b12 OK .*
CONN a
S: * LIST (\HasChildren) "/" top
S: * LIST (\HasNoChildren \Subscribed) "/" topless
S: * LIST (\HasNoChildren) "/" topless
S: * LIST (\HasNoChildren) "/" top/x
S: * LIST (\HasChildren) "/" top
S: * LIST (\HasNoChildren) "/" elsewhere ("OLDNAME" (top/x))
NONE .*
# A mailbox of that name again is another UIDVALIDITY.            5.1
C: a5 NOTIFY SET (mailboxes again (MessageNew MessageExpunge FlagChange))
S~ a5 OK .*
CONN b
C: b13 CREATE again
S~ b13 OK .*
CONN a
S~ \* STATUS again \(UIDVALIDITY (?P<v>\d+) UNSEEN 0\)
CONN b
C: b14 DELETE again
S~ b14 OK .*
C: b15 CREATE again
S~ b15 OK .*
CONN a
S~ \* STATUS again \(UIDVALIDITY (?!${v}\b)\d+ UNSEEN 0\)
NONE .*
