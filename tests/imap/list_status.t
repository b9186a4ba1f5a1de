# LIST with STATUS.                                              RFC 5819
APPEND alice INBOX
| Subject: one
|
| one
APPEND alice Sent (\Seen \Deleted)
| Subject: two
|
| two
PORT imaps
S* \* OK .*
LOGIN alice
C: c1 CREATE bar/baz
S~ c1 OK .*
C: c2 SUBSCRIBE bar/baz
S~ c2 OK .*
C: c3 SUBSCRIBE bar/not
S~ c3 OK .*
C: A01 LIST "" ("INBOX" "Sent" "bar") RETURN (STATUS (MESSAGES UNSEEN DELETED))
S: * LIST (\HasNoChildren) "/" INBOX
S: * STATUS INBOX (MESSAGES 1 UNSEEN 1 DELETED 0)
S: * LIST (\HasNoChildren \Sent) "/" Sent
S: * STATUS Sent (MESSAGES 1 UNSEEN 0 DELETED 1)
S: * LIST (\HasChildren) "/" bar
S: * STATUS bar (MESSAGES 0 UNSEEN 0 DELETED 0)
S~ A01 OK .*
# Only of what was asked for, and is there.
C: A02 LIST (SUBSCRIBED RECURSIVEMATCH) "" "b%" RETURN (STATUS (MESSAGES))
S: * LIST (\HasChildren) "/" bar ("CHILDINFO" ("SUBSCRIBED"))
S~ A02 OK .*
C: A03 LIST (SUBSCRIBED) "" "bar/%" RETURN (STATUS (UIDNEXT) SUBSCRIBED)
S: * LIST (\HasNoChildren \Subscribed) "/" bar/baz
S: * STATUS bar/baz (UIDNEXT 1)
S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" bar/not
S~ A03 OK .*
C: A04 LIST "" "*" RETURN (STATUS)
S~ A04 BAD .*
C: A05 LIST "" "*" RETURN (STATUS ())
S~ A05 BAD .*
C: A06 LIST "" "*" RETURN (STATUS (GUESS))
S~ A06 BAD .*
