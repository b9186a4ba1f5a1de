# Who has which rights to a mailbox.                        RFC 4314 3
PORT imaps
S* \* OK .*
LOGIN bob
C: a0 CAPABILITY
S~ \* CAPABILITY .*\bACL RIGHTS=kxte\b.*
S~ a0 OK .*
C: a1 CREATE Team
S* a1 OK .*
C: a2 GETACL Team
S: * ACL Team "bob@${domain}" lrswipkxteacd
S~ a2 OK .*
C: a3 MYRIGHTS Team
S: * MYRIGHTS Team lrswipkxteacd
S~ a3 OK .*
C: a4 SETACL Team alice@${domain} lrs
S~ a4 OK .*
C: a5 SETACL Team ANYONE l
S~ a5 OK .*
C: a6 SETACL Team -alice@${domain} s
S~ a6 OK .*
C: a7 GETACL Team
S: * ACL Team "bob@${domain}" lrswipkxteacd "anyone" l "alice@${domain}" lrs "-alice@${domain}" s
S~ a7 OK .*
# What is more or less; the rights of RFC 2086 are their members. 2.1.1
C: a8 SETACL Team alice@${domain} +cd
S~ a8 OK .*
C: a9 SETACL Team alice@${domain} -xl
S~ a9 OK .*
C: a10 SETACL Team -alice@${domain} -s
S~ a10 OK .*
C: a11 GETACL Team
S: * ACL Team "bob@${domain}" lrswipkxteacd "anyone" l "alice@${domain}" rsktecd
S~ a11 OK .*
C: a12 LISTRIGHTS Team alice@${domain}
S: * LISTRIGHTS Team "alice@${domain}" "" l r s w i p k x t e a c d
S~ a12 OK .*
C: a13 LISTRIGHTS Team bob@${domain}
S: * LISTRIGHTS Team "bob@${domain}" lrswipkxteacd
S~ a13 OK .*
# A right that is none is the client's mistake.             3.1
C: a14 SETACL Team alice@${domain} lrq
S~ a14 BAD .*
C: a15 SETACL Team alice@${domain} lR
S~ a15 BAD .*
C: a16 SETACL Team nobody@${domain} l
S~ a16 NO \[CANNOT\] .*
# The owner keeps all.
C: a17 SETACL Team bob@${domain} lr
S~ a17 NO \[CANNOT\] .*
C: a18 SETACL Team bob@${domain} +a
S~ a18 OK .*
C: a19 DELETEACL Team alice@${domain}
S~ a19 OK .*
C: a20 DELETEACL Team anyone
S~ a20 OK .*
C: a21 DELETEACL Team alice@${domain}
S~ a21 OK .*
C: a22 GETACL Team
S: * ACL Team "bob@${domain}" lrswipkxteacd
S~ a22 OK .*
# No such mailbox, no such name, what is missing.
C: a23 GETACL Nothing
S~ a23 NO \[NONEXISTENT\] .*
C: a24 MYRIGHTS Nothing
S~ a24 NO \[NONEXISTENT\] .*
C: a25 SETACL Nothing anyone l
S~ a25 NO \[NONEXISTENT\] .*
C: a26 LISTRIGHTS Nothing anyone
S~ a26 NO \[NONEXISTENT\] .*
C: a27 DELETEACL Nothing anyone
S~ a27 NO \[NONEXISTENT\] .*
C: a28 SETACL Team anyone
S~ a28 BAD .*
C: a29 GETACL
S~ a29 BAD .*
