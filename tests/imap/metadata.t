# What programs note at mailboxes, and at all of a person's mail.   RFC 5464
CLEAR alice
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* METADATA\b).*
S~ a0 OK .*
# What was never written is NIL; who answers for the server is always known.
C: a1 GETMETADATA "" (/private/comment /shared/comment)
S: * METADATA "" (/private/comment NIL /shared/comment NIL)
S~ a1 OK .*
C: a2 GETMETADATA "" /shared/admin
S: * METADATA "" (/shared/admin "mailto:postmaster@${domain}")
S~ a2 OK .*
# Of the server and of a mailbox: each its own.                        4.3
C: b1 SETMETADATA "" (/private/comment "of all")
S~ b1 OK .*
C: b2 SETMETADATA inbox (/private/comment {16+}
C: two\r\nlines of it /SHARED/Comment "For \"you\"")
S~ b2 OK .*
C: b3 GETMETADATA INBOX (/shared/COMMENT /private/comment)
S: * METADATA INBOX (/shared/COMMENT "For \"you\"" /private/comment {16}
S: two
S: lines of it)
S~ b3 OK .*
C: b4 GETMETADATA "" /private/comment
S: * METADATA "" (/private/comment "of all")
S~ b4 OK .*
# The examples of 4.4.1 have no list.
C: b5 GETMETADATA INBOX /shared/comment /private/none
S: * METADATA INBOX (/shared/comment "For \"you\"" /private/none NIL)
S~ b5 OK .*
# Binary, and what is empty is not NIL.
C: b6 SETMETADATA INBOX (/private/vendor/x/icon ~{4+}
RAW a\0\r\n /private/vendor/x/empty "")\r\n
S~ b6 OK .*
C: b7 GETMETADATA INBOX (/private/vendor/x/icon /private/vendor/x/empty)
S~ \* METADATA INBOX \(/private/vendor/x/icon ~\{4\}
S~ a\x00
S:  /private/vendor/x/empty "")
S~ b7 OK .*
# What is below, one level or all of them.                           4.2.2
C: c1 SETMETADATA INBOX (/private/filters/values/small "SMALLER 5000" /private/filters/values/boss "FROM \"boss@example.com\"" /private/filters/values/a/b "x")
S~ c1 OK .*
C: c2 GETMETADATA INBOX (DEPTH 1) (/private/filters/values)
S: * METADATA INBOX (/private/filters/values/boss "FROM \"boss@example.com\"" /private/filters/values/small "SMALLER 5000")
S~ c2 OK .*
C: c3 GETMETADATA (DEPTH infinity) INBOX (/private/filters)
S: * METADATA INBOX (/private/filters/values/a/b "x" /private/filters/values/boss "FROM \"boss@example.com\"" /private/filters/values/small "SMALLER 5000")
S~ c3 OK .*
C: c4 GETMETADATA INBOX (DEPTH 0) /private/filters
S: * METADATA INBOX (/private/filters NIL)
S~ c4 OK .*
C: c5 GETMETADATA INBOX (DEPTH infinity) /shared
S: * METADATA INBOX (/shared/comment "For \"you\"")
S~ c5 OK .*
# A name that another one begins with is not below it.
C: c6 GETMETADATA INBOX (DEPTH infinity) /private/filters/values/sma
S~ c6 OK .*
# What is too long is left out, and how long the longest is, told.   4.2.1
C: d1 GETMETADATA INBOX (MAXSIZE 9) (/shared/comment /private/comment)
S: * METADATA INBOX (/shared/comment "For \"you\"")
S~ d1 OK \[METADATA LONGENTRIES 16\] .*
C: d2 GETMETADATA INBOX (MAXSIZE 16 DEPTH 1) (/private/comment)
S~ \* METADATA INBOX \(/private/comment \{16\}
S: two
S: lines of it)
S~ d2 OK (?!\[).*
# NIL removes, and of two values for one name the last is meant.
C: e1 SETMETADATA INBOX (/private/comment NIL /shared/comment "1" /shared/comment "2")
S~ e1 OK .*
C: e2 GETMETADATA INBOX (/private/comment /shared/comment)
S: * METADATA INBOX (/private/comment NIL /shared/comment "2")
S~ e2 OK .*
C: e3 SETMETADATA INBOX (/private/comment NIL)
S~ e3 OK .*
# What they are for, as CREATE would say it.                   RFC 6154 5.4
C: f1 CREATE metadata.t
S~ f1 OK .*
C: f2 SETMETADATA metadata.t (/private/specialuse "\\\\Archive \\\\Junk" /private/comment "both")
S~ f2 OK .*
C: f3 LIST "" metadata.t
S~ \* LIST \(.* \\Junk \\Archive\) "/" metadata.t
S~ f3 OK .*
C: f4 GETMETADATA metadata.t (/private/specialuse /private/comment)
S: * METADATA metadata.t (/private/specialuse "\\Junk \\Archive" /private/comment "both")
S~ f4 OK .*
# It belongs to one.
C: f5 CREATE metadata2.t
S~ f5 OK .*
C: f6 SETMETADATA metadata2.t (/private/specialuse "\\\\junk")
S~ f6 OK .*
C: f7 GETMETADATA metadata.t /private/specialuse
S: * METADATA metadata.t (/private/specialuse "\\Archive")
S~ f7 OK .*
C: f8 SETMETADATA metadata2.t (/private/specialuse NIL)
S~ f8 OK .*
C: f9 GETMETADATA metadata2.t (DEPTH infinity) /private
S~ f9 OK .*
# They follow a mailbox, and end with it.                              4.1
C: g1 RENAME metadata.t metadata3.t
S~ g1 OK .*
C: g2 GETMETADATA metadata3.t /private/comment
S: * METADATA metadata3.t (/private/comment "both")
S~ g2 OK .*
C: g3 DELETE metadata3.t
S~ g3 OK .*
C: g4 CREATE metadata3.t
S~ g4 OK .*
C: g5 GETMETADATA metadata3.t /private/comment
S: * METADATA metadata3.t (/private/comment NIL)
S~ g5 OK .*
C: g6 DELETE metadata3.t
S~ g6 OK .*
# INBOX keeps them, and its new mailbox has them, too.
C: g7 RENAME INBOX metadata3.t
S~ g7 OK .*
C: g8 GETMETADATA INBOX /shared/comment
S: * METADATA INBOX (/shared/comment "2")
S~ g8 OK .*
C: g9 GETMETADATA metadata3.t /shared/comment
S: * METADATA metadata3.t (/shared/comment "2")
S~ g9 OK .*
# With LIST.                                                       RFC 9590
C: h0 CAPABILITY
S~ \* CAPABILITY (?=.* LIST-METADATA\b).*
S~ h0 OK .*
C: h1 LIST "" "metadata%" RETURN (METADATA (/shared/comment /private/x))
S~ \* LIST \(.*\) "/" metadata2.t
S: * METADATA metadata2.t (/shared/comment NIL /private/x NIL)
S~ \* LIST \(.*\) "/" metadata3.t
S: * METADATA metadata3.t (/shared/comment "2" /private/x NIL)
S~ h1 OK .*
C: h2 LIST (SUBSCRIBED) "" metadata3.t RETURN (METADATA "/shared/comment" STATUS (MESSAGES))
S~ h2 OK .*
C: h3 SUBSCRIBE metadata3.t
S~ h3 OK .*
C: h4 LIST (SUBSCRIBED) "" metadata3.t RETURN (METADATA "/shared/comment" STATUS (MESSAGES))
S~ \* LIST \(.*\) "/" metadata3.t
S: * STATUS metadata3.t (MESSAGES 0)
S: * METADATA metadata3.t (/shared/comment "2")
S~ h4 OK .*
C: h5 DELETE metadata3.t
S~ h5 OK .*
# What is only a name has none.
C: h6 LIST (SUBSCRIBED) "" metadata3.t RETURN (METADATA /shared/comment)
S~ \* LIST \(.*NonExistent.*\) "/" metadata3.t
S~ h6 OK .*
C: h7 UNSUBSCRIBE metadata3.t
S~ h7 OK .*
C: h8 DELETE metadata2.t
S~ h8 OK .*
# They are of one person.
CONN b
S* \* OK .*
LOGIN bob
C: i1 GETMETADATA "" /private/comment
S: * METADATA "" (/private/comment NIL)
S~ i1 OK .*
