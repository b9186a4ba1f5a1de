# What there is of what there may be.                               RFC 9208
CLEAR alice
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE QUOTA=RES-MAILBOX\b)(?!.*QUOTASET).*
S~ a0 OK .*
C: a1 GETQUOTA ""
S~ \* QUOTA "" \(.*MAILBOX (?P<n>[1-9]\d*) 2000\)
S~ a1 OK .*
# A mailbox need not be there.
C: a2 GETQUOTAROOT nothing
S: * QUOTAROOT nothing ""
S~ \* QUOTA "" \(.*MAILBOX ${n} 2000\)
S~ a2 OK .*
C: a3 GETQUOTAROOT {5+}
C: inbox
S: * QUOTAROOT INBOX ""
S~ \* QUOTA "" \(.*MAILBOX ${n} 2000\)
S~ a3 OK .*
# What an EXPUNGE would free.                                       4.1.4
C: b1 APPEND INBOX (\Deleted) {5+}
C: three (\Deleted) {7+}
C: andmore {3+}
C: not
S~ b1 OK .*
C: b2 STATUS INBOX (DELETED DELETED-STORAGE)
S: * STATUS INBOX (DELETED 2 DELETED-STORAGE 12)
S~ b2 OK .*
C: b3 LIST "" INBOX RETURN (STATUS (DELETED-STORAGE))
S~ \* LIST .* INBOX
S: * STATUS INBOX (DELETED-STORAGE 12)
S~ b3 OK .*
# Refused.
C: c1 GETQUOTA "#user/bob"
S~ c1 NO \[NONEXISTENT\] .*
C: c2 SETQUOTA "" (STORAGE 512)
S~ c2 NO \[NOPERM\] .*
C: c3 SETQUOTA "" (STORAGE)
S~ c3 BAD .*
C: c4 GETQUOTA
S~ c4 BAD .*
C: c5 GETQUOTAROOT "&&"
S~ c5 NO \[CANNOT\] .*
CONN b
S* \* OK .*
C: d1 GETQUOTA ""
S~ d1 BAD .*
