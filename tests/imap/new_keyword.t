# A keyword that comes into the mailbox is said in FLAGS and PERMANENTFLAGS
# before it is seen at a message.                          RFC 3501 7.2.6, 7.1
# In a mailbox of its own: INBOX may have had them before.
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CREATE Words
S~ a0 OK .*
APPEND alice Words
| Subject: one
|
C: a1 SELECT Words
S* a1 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 EXAMINE Words
S* b1 OK .*
CONN a
C: a2 STORE 1 +FLAGS ($New)
S~ \* FLAGS \(.*\$New.*\)
S~ \* OK \[PERMANENTFLAGS \(.*\$New.* \\\*\)\] .*
S~ \* 1 FETCH \(FLAGS \(.*\$New\)\)
S~ a2 OK .*
# Once.
C: a3 STORE 1 -FLAGS ($new)
S~ \* 1 FETCH .*
S~ a3 OK .*
C: a4 STORE 1 +FLAGS.SILENT ($New)
S~ a4 OK .*
C: a5 FETCH 1 FLAGS
S~ \* 1 FETCH \(FLAGS \(.*\$New\)\)
S~ a5 OK .*
# To another session.
CONN b
C: b2 NOOP
S~ \* FLAGS \(.*\$New.*\)
S~ \* OK \[PERMANENTFLAGS \(\)\] .*
S~ \* 1 FETCH \(.*\$New.*\)
S~ b2 OK .*
# With a message that comes.
APPEND alice Words ($Other)
| Subject: two
|
C: b3 NOOP
S* b3 OK .*
C: b4 FETCH 2 FLAGS
S~ \* FLAGS \((?=.*\$New).*\$Other.*\)
S~ \* OK \[PERMANENTFLAGS \(\)\] .*
S~ \* 2 FETCH \(.*\$Other.*\)
S~ b4 OK .*
# What SELECT said is said.
C: b5 EXAMINE Words
S* \* FLAGS \((?=.*\$New).*\$Other.*\)
S* b5 OK .*
C: b6 FETCH 1:2 FLAGS
S~ \* 1 FETCH .*
S~ \* 2 FETCH .*
S~ b6 OK .*
