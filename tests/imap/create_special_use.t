# CREATE with USE.                                              RFC 6154 3
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CREATE MySpecial (USE (\Drafts \Sent))
S~ a1 OK .*
C: a2 CREATE Everything (USE (\All))
S~ a2 NO \[USEATTR\] .*
C: a3 CREATE Mine (USE (\Sent \Mine))
S~ a3 NO \[USEATTR\] .*
# A use is one mailbox's, and moves.
C: a4 LIST (SPECIAL-USE) "" *
S{
S: * LIST (\HasNoChildren \Archive) "/" Archive
S: * LIST (\HasNoChildren \Junk) "/" Junk
S: * LIST (\HasNoChildren \Sent \Drafts) "/" MySpecial
S: * LIST (\HasNoChildren \Trash) "/" Trash
}
S~ a4 OK .*
C: a5 LIST "" (Everything Mine)
S~ a5 OK .*
# Where it fails nothing moves.
C: a6 CREATE Trash (USE (\Sent))
S~ a6 NO \[ALREADYEXISTS\] .*
C: a7 LIST "" MySpecial
S: * LIST (\HasNoChildren \Sent \Drafts) "/" MySpecial
S~ a7 OK .*
C: a8 CREATE Plain (USE ())
S~ a8 OK .*
C: a9 LIST "" Plain
S: * LIST (\HasNoChildren) "/" Plain
S~ a9 OK .*
C: b1 CREATE x (USE (\Sent)
S~ b1 BAD .*
C: b2 CREATE x (USE \Sent)
S~ b2 BAD .*
C: b3 CREATE x (USE (Sent))
S~ b3 BAD .*
C: b4 RENAME MySpecial other
S~ b4 OK .*
C: b5 LIST "" other
S: * LIST (\HasNoChildren \Sent \Drafts) "/" other
S~ b5 OK .*
