# SUBSCRIBE, UNSUBSCRIBE and LSUB.                        RFC 3501 6.3.6-6.3.9
PORT imaps
S* \* OK .*
LOGIN alice
# What a new account has is subscribed, what one makes is not.
C: a1 CREATE foo/bar
S~ a1 OK .*
C: a2 LSUB "" "*"
S: * LSUB () "/" Archive
S: * LSUB () "/" Drafts
S: * LSUB () "/" INBOX
S: * LSUB () "/" Junk
S: * LSUB () "/" Sent
S: * LSUB () "/" Trash
S~ a2 OK .*
C: a3 SUBSCRIBE foo/bar
S~ a3 OK .*
C: a4 SUBSCRIBE foo/bar
S~ a4 OK .*
# A level above it, where "%" stops there.
C: a5 LSUB "" "f%"
S: * LSUB (\Noselect) "/" foo
S~ a5 OK .*
C: a6 LSUB "" "f*"
S: * LSUB () "/" foo/bar
S~ a6 OK .*
C: a7 LSUB "" foo
S~ a7 OK .*
C: a8 LSUB "foo/" "%"
S: * LSUB () "/" foo/bar
S~ a8 OK .*
# What is not there, or not any more, stays subscribed.
C: a9 SUBSCRIBE never/was/here
S~ a9 OK .*
C: b1 DELETE foo/bar
S~ b1 OK .*
C: b2 DELETE foo
S~ b2 OK .*
C: b3 LSUB "" ("foo*")
S~ b3 BAD .*
C: b4 LSUB "" "foo*"
S: * LSUB () "/" foo/bar
S~ b4 OK .*
C: b5 LSUB "" "n%"
S: * LSUB (\Noselect) "/" never
S~ b5 OK .*
C: b6 LSUB "" "n%/%"
S: * LSUB (\Noselect) "/" never/was
S~ b6 OK .*
C: b7 LIST "" ("n*" "f*")
S~ b7 OK .*
C: b8 UNSUBSCRIBE foo/bar
S~ b8 OK .*
C: b9 UNSUBSCRIBE foo/bar
S~ b9 OK .*
C: c1 UNSUBSCRIBE never/was/here
S~ c1 OK .*
C: c2 UNSUBSCRIBE inbox
S~ c2 OK .*
C: c3 LSUB "" "I*"
S~ c3 OK .*
C: c4 SUBSCRIBE Inbox
S~ c4 OK .*
C: c5 LSUB "" iNbOx
S: * LSUB () "/" INBOX
S~ c5 OK .*
C: c6 SUBSCRIBE "a//b"
S~ c6 NO \[CANNOT\] .*
C: c7 UNSUBSCRIBE a&b
S~ c7 NO \[CANNOT\] .*
C: c8 LSUB "" ""
S: * LSUB (\Noselect) "/" ""
S~ c8 OK .*
