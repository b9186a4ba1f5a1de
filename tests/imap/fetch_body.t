# Sections and partials.                                    RFC 3501 6.4.5
APPEND alice INBOX
| From: <a@example.net>
| Subject: sections
| X-Other: one
|  folded
| Subject: again
|
| 0123456789
| second
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 FETCH 1 BODY.PEEK[TEXT]
S: * 1 FETCH (BODY[TEXT] {20}
S: 0123456789
S: second
S: )
S~ a2 OK .*
C: a3 FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT x-other)]
S~ \* 1 FETCH \(BODY\[HEADER\.FIELDS \("?SUBJECT"? "?(x-other|X-OTHER)"?\)\] \{60\}
S: Subject: sections
S: X-Other: one
S:  folded
S: Subject: again
S: 
S: )
S~ a3 OK .*
C: a4 FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT X-OTHER)]
S~ \* 1 FETCH \(BODY\[HEADER\.FIELDS\.NOT \(.*\)\] \{25\}
S: From: <a@example.net>
S: 
S: )
S~ a4 OK .*
C: a5 FETCH 1 BODY.PEEK[HEADER.FIELDS (NONE)]
S~ \* 1 FETCH \(BODY\[HEADER\.FIELDS \("?NONE"?\)\] \{2\}
S: 
S: )
S~ a5 OK .*
C: a6 FETCH 1 BODY.PEEK[HEADER]
S~ \* 1 FETCH \(BODY\[HEADER\] \{83\}
S: From: <a@example.net>
S* 
S: )
S~ a6 OK .*
C: a7 FETCH 1 BODY.PEEK[]
S: * 1 FETCH (BODY[] {${size}}
S* \)
S~ a7 OK .*
# Partials: origin in the answer; beyond the end is empty.
C: a8 FETCH 1 BODY.PEEK[TEXT]<2.5>
S~ \* 1 FETCH \(BODY\[TEXT\]<2> (\{5\}|"23456"\))
S* a8 OK .*
C: a9 FETCH 1 BODY.PEEK[TEXT]<18.100>
S~ \* 1 FETCH \(BODY\[TEXT\]<18> \{2\}
S: 
S: )
S* a9 OK .*
C: a10 FETCH 1 BODY.PEEK[TEXT]<20.1>
S~ \* 1 FETCH \(BODY\[TEXT\]<20> (""\)|\{0\})
S* a10 OK .*
C: a11 FETCH 1 BODY.PEEK[TEXT]<999999.1>
S~ \* 1 FETCH \(BODY\[TEXT\]<999999> (""\)|\{0\})
S* a11 OK .*
C: a12 FETCH 1 BODY[TEXT]<0.0>
S~ a12 BAD .*
# The single part is part 1.                                   6.4.5
C: a13 FETCH 1 BODY.PEEK[1]<0.4>
S~ \* 1 FETCH \(BODY\[1\]<0> (\{4\}|"0123"\))
S* a13 OK .*
C: a14 FETCH 1 BODY.PEEK[2]
S~ \* 1 FETCH \(BODY\[2\] (NIL|""|\{0\})\)?
S* a14 OK .*
# RFC822 items: names of old.
C: a15 FETCH 1 RFC822.HEADER
S: * 1 FETCH (RFC822.HEADER {83}
S* \)
S~ a15 OK .*
C: a16 FETCH 1 FLAGS
S~ \* 1 FETCH \(FLAGS \((?!.*Seen).*\)\)
S~ a16 OK .*
# These set \Seen and tell it.
C: a17 FETCH 1 RFC822.TEXT
S* .*FLAGS \(.*\\Seen.*
S* a17 OK .*
C: a18 STORE 1 -FLAGS.SILENT (\Seen)
S* a18 OK .*
C: a19 FETCH 1 (BODY[])
S* .*FLAGS \(.*\\Seen.*
S* a19 OK .*
C: a20 FETCH 1 RFC822
S: * 1 FETCH (RFC822 {${size}}
S* a20 OK .*
