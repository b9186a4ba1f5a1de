# ESEARCH: several mailboxes.                                       RFC 7377
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* MULTISEARCH\b).*
S~ a0 OK .*
C: a1 CREATE t/one/deep
S~ a1 OK .*
C: a2 CREATE t/Zw&APY-lf
S~ a2 OK .*
C: a3 CREATE t2
S~ a3 OK .*
C: a4 SUBSCRIBE t/one
S~ a4 OK .*
C: b1 APPEND t {14+}
C: Subject: x
C: 
C: 
S~ b1 OK .*
C: b2 APPEND t/one {14+}
C: Subject: x
C: 
C:  (\Seen) {14+}
C: Subject: y
C: 
C:  {14+}
C: Subject: x
C: 
C: 
S~ b2 OK .*
C: b3 APPEND t/one/deep {14+}
C: Subject: x
C: 
C: 
S~ b3 OK .*
C: b4 APPEND t/Zw&APY-lf {14+}
C: Subject: x
C: 
C: 
S~ b4 OK .*
C: b5 APPEND t2 {14+}
C: Subject: x
C: 
C: 
S~ b5 OK .*
# Each says which it is; where nothing is nothing is said.               2.1
C: c1 ESEARCH IN (subtree t) SUBJECT x
S~ \* ESEARCH \(TAG "c1" MAILBOX t UIDVALIDITY \d+\) UID ALL 1
S~ \* ESEARCH \(TAG "c1" MAILBOX t/Zw&APY-lf UIDVALIDITY \d+\) UID ALL 1
S~ \* ESEARCH \(TAG "c1" MAILBOX t/one UIDVALIDITY (?P<validity>\d+)\) UID ALL 1,3
S~ \* ESEARCH \(TAG "c1" MAILBOX t/one/deep UIDVALIDITY \d+\) UID ALL 1
S~ c1 OK .*
C: c2 ESEARCH IN (subtree-one t) RETURN (COUNT MAX) SUBJECT y
S: * ESEARCH (TAG "c2" MAILBOX t/one UIDVALIDITY ${validity}) UID MAX 2 COUNT 1
S~ c2 OK .*
C: c3 ESEARCH IN (mailboxes ("t2" t nothing) mailboxes t) RETURN () *
S~ \* ESEARCH \(TAG "c3" MAILBOX t UIDVALIDITY \d+\) UID ALL 1
S~ \* ESEARCH \(TAG "c3" MAILBOX t2 UIDVALIDITY \d+\) UID ALL 1
S~ c3 OK .*
C: c4 ESEARCH IN (subscribed) SEEN
S: * ESEARCH (TAG "c4" MAILBOX t/one UIDVALIDITY ${validity}) UID ALL 2
S~ c4 OK .*
# What "*" is, is another one in each.
C: c5 ESEARCH IN (personal) RETURN (MAX) UID *
S~ \* ESEARCH \(TAG "c5" MAILBOX t UIDVALIDITY \d+\) UID MAX 1
S~ \* ESEARCH \(TAG "c5" MAILBOX t/Zw&APY-lf UIDVALIDITY \d+\) UID MAX 1
S: * ESEARCH (TAG "c5" MAILBOX t/one UIDVALIDITY ${validity}) UID MAX 3
S~ \* ESEARCH \(TAG "c5" MAILBOX t/one/deep UIDVALIDITY \d+\) UID MAX 1
S~ \* ESEARCH \(TAG "c5" MAILBOX t2 UIDVALIDITY \d+\) UID MAX 1
S~ c5 OK .*
C: c6 ESEARCH IN (mailboxes t/one) RETURN (MIN MODSEQ) ALL
S~ c6 BAD .*
C: c7 ESEARCH IN (mailboxes t/one) RETURN (PARTIAL -1:-2) ALL
S: * ESEARCH (TAG "c7" MAILBOX t/one UIDVALIDITY ${validity}) UID PARTIAL (-1:-2 2:3)
S~ c7 OK .*
C: c8 ESEARCH IN (inboxes) SUBJECT nowhere
S~ c8 OK .*
C: d1 ESEARCH ALL
S~ d1 BAD .*
C: d2 ESEARCH IN (selected) ALL
S~ d2 BAD .*
C: d3 ESEARCH IN (selected-delayed) ALL
S~ d3 BAD .*
C: d4 ESEARCH IN () ALL
S~ d4 BAD .*
C: d5 ESEARCH IN (mailboxes t (x)) ALL
S~ d5 BAD .*
C: d6 ESEARCH IN (personal) CHARSET x-none ALL
S~ d6 NO \[BADCHARSET .*
C: d7 ESEARCH IN (mailboxes \(a *257)) ALL
S~ d7 BAD .*
C: d8 ESEARCH IN (mailboxes (\(a *257))) ALL
S~ d8 NO \[LIMIT\] .*
# The mailbox selected: "$", and what it says of itself.
C: e1 SELECT t/one
S* e1 OK .*
C: e2 ESEARCH 2:3
S: * ESEARCH (TAG "e2" MAILBOX t/one UIDVALIDITY ${validity}) UID ALL 2:3
S~ e2 OK .*
C: e3 ESEARCH RETURN (SAVE) SUBJECT x
S~ e3 OK .*
C: e4 ESEARCH IN (selected mailboxes t2) $
S: * ESEARCH (TAG "e4" MAILBOX t/one UIDVALIDITY ${validity}) UID ALL 1,3
S~ e4 OK .*
C: e5 ESEARCH IN (selected personal) RETURN (SAVE) ALL
S~ e5 BAD .*
C: e6 ESEARCH RETURN (SAVE COUNT) SUBJECT nowhere
S~ e6 OK .*
C: e7 UID FETCH $ UID
S~ e7 OK .*
C: e8 ENABLE UTF8=ACCEPT UIDONLY
S~ \* ENABLED .*
S~ e8 OK .*
C: e9 ESEARCH IN (mailboxes "t/Zwölf") UID 1
S~ \* ESEARCH \(TAG "e9" MAILBOX "t/Zwölf" UIDVALIDITY \d+\) UID ALL 1
S~ e9 OK .*
C: f1 ESEARCH IN (mailboxes t) 1
S~ f1 BAD \[UIDREQUIRED\] .*
