# Several messages in one command: all of them or none.    RFC 3502, RFC 4315 3
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* MULTIAPPEND ).*
S~ a0 OK .*
C: a1 APPEND INBOX (\Seen) {19}
S~ \+ .*
C: Subject: one\r\n\r\none (\Draft $Label) " 1-Feb-2020 10:11:12 +0130" {19}
S~ \+ .*
C: Subject: two\r\n\r\ntwo {21+}
C: Subject: three\r\n\r\nthr
S~ a1 OK \[APPENDUID \d+ (?P<u1>\d+):(?P<u3>\d+)\] .*
C: a2 SELECT INBOX
S* \* 3 EXISTS
S* a2 OK .*
C: a2b UID SEARCH RETURN (ALL COUNT) UID ${u1}:${u3}
S~ \* ESEARCH (?=.*COUNT 3\b)(?=.*ALL ${u1}:${u3}\b).*
S~ a2b OK .*
C: a3 FETCH 1:3 (FLAGS RFC822.SIZE)
S~ \* 1 FETCH \((?=.*\\Seen)(?!.*\\Draft)(?=.*RFC822.SIZE 19).*\)
S~ \* 2 FETCH \((?=.*\\Draft)(?=.*\$Label)(?=.*RFC822.SIZE 19).*\)
S~ \* 3 FETCH \((?!.*(\\Seen|\\Draft))(?=.*RFC822.SIZE 21).*\)
S~ a3 OK .*
C: a4 FETCH 2 (INTERNALDATE BODY.PEEK[TEXT])
S~ \* 2 FETCH \(.*INTERNALDATE " 1-Feb-2020 10:11:12 \+0130" BODY\[TEXT\] \{3\}
S: two)
S~ a4 OK .*
# Where the mailbox is selected, the answer says that they are there.
C: a5 APPEND INBOX {3+}
C: abc {3+}
C: def
S* \* 5 EXISTS
S* a5 OK \[APPENDUID \d+ \d+:\d+\] .*
# One is no set.                                              RFC 4315 3
C: a6 APPEND INBOX {3+}
C: abc
S* \* 6 EXISTS
S* a6 OK \[APPENDUID \d+ \d+\] .*
# Each of another size: some hundred small ones, and one that is staged.
C: a7 APPEND INBOX {3+}\r\nabc\( (\\Flagged) {40+}\r\nSubject: of many\r\n\r\nof many of them, all*300)
S* \* 307 EXISTS
S* a7 OK \[APPENDUID \d+ \d+:\d+\] .*
C: a8 UID SEARCH RETURN (COUNT) FLAGGED
S~ \* ESEARCH .*COUNT 300
S~ a8 OK .*
# Keywords are of the message they stand at, also where longer flags follow.
C: c1 CREATE keywords
S~ c1 OK .*
C: c2 APPEND keywords (red) {3+}
C: one (blue) {3+}
C: two (\Flagged \Seen) {5+}
C: three
S~ c2 OK .*
C: c3 SELECT keywords
S* c3 OK .*
C: c4 FETCH 1:3 (FLAGS)
S~ \* 1 FETCH \(FLAGS \((\\Recent )?red\)\)
S~ \* 2 FETCH \(FLAGS \((\\Recent )?blue\)\)
S~ \* 3 FETCH \(FLAGS \(\\Seen \\Flagged( \\Recent)?\)\)
S~ c4 OK .*
