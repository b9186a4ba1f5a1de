# Parts, their encoding undone.                      RFC 3516, RFC 9051 6.4.5
APPEND alice INBOX
| Subject: parts
| MIME-Version: 1.0
| Content-Type: multipart/mixed; boundary=b
|
| --b
| Content-Type: text/plain; charset=utf-8
| Content-Transfer-Encoding: quoted-printable
|
| a =3D b=
|  c
| --b
| Content-Type: application/octet-stream
| Content-Transfer-Encoding: BASE64
|
| AAEC
| Aw==
| --b
| Content-Type: image/png
| Content-Transfer-Encoding: x-uuencode
|
| begin
| --b
| Content-Type: message/rfc822
|
| Content-Transfer-Encoding: base64
|
| aGVsbG8=
| --b
|
| as it is
| --b--
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* BINARY\b).*
S~ a0 OK .*
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])
S: * 1 FETCH (BINARY.SIZE[1] 7 BINARY[1] {7}
S: a = b c)
S~ a2 OK .*
# NUL is in a literal8 only.
C: a3 FETCH 1 (BINARY.SIZE[2] BINARY.PEEK[2]<1.2>)
S: * 1 FETCH (BINARY.SIZE[2] 4 BINARY[2]<1> {2}
S~ \x01\x02\)
S~ a3 OK .*
C: a4 FETCH 1 BINARY.PEEK[2]
S: * 1 FETCH (BINARY[2] ~{4}
S~ \x00\x01\x02\x03\)
S~ a4 OK .*
C: a5 FETCH 1 BINARY.PEEK[2]<4.1>
S: * 1 FETCH (BINARY[2]<4> "")
S~ a5 OK .*
C: b1 FETCH 1 BINARY.PEEK[3]
S: * 1 FETCH (BINARY[3] NIL)
S~ b1 NO \[UNKNOWN-CTE\] .*
C: b2 FETCH 1 BINARY.SIZE[3]
S: * 1 FETCH (BINARY.SIZE[3] 0)
S~ b2 NO \[UNKNOWN-CTE\] .*
C: b3 FETCH 1 BINARY.PEEK[4]
S: * 1 FETCH (BINARY[4] {45}
S: Content-Transfer-Encoding: base64
S: 
S: aGVsbG8=)
S~ b3 OK .*
C: b4 FETCH 1 BINARY.PEEK[4.1]
S: * 1 FETCH (BINARY[4.1] {5}
S: hello)
S~ b4 OK .*
C: b5 FETCH 1 (BINARY.PEEK[6] BINARY.SIZE[6] BINARY.SIZE[5])
S: * 1 FETCH (BINARY[6] NIL BINARY.SIZE[6] 0 BINARY.SIZE[5] 8)
S~ b5 OK .*
C: b6 FETCH 1 BINARY[5.TEXT]
S~ b6 BAD .*
C: b7 FETCH 1 FLAGS
S~ \* 1 FETCH \(FLAGS \((?!.*Seen).*\)\)
S~ b7 OK .*
C: b8 FETCH 1 BINARY[5]
S~ \* 1 FETCH \((FLAGS \(.*\\Seen.*\) )?BINARY\[5\] \{8\}
S~ as it is.*
S* b8 OK .*
C: b9 FETCH 1 BINARY.PEEK[]<0.8>
S: * 1 FETCH (BINARY[]<0> {8}
S: Subject:)
S~ b9 OK .*
# What is put in as a literal8 is the message, octet for octet.
C: c1 APPEND INBOX (\Seen) ~{15+}
C: Subject: x
C: 
C: y
S~ (\* .*|c1 OK \[APPENDUID .*)
S* (c1 OK .*|\* 2 FETCH.*|\* .*)
C: c2 FETCH 2 BODY.PEEK[]
S* \* 2 FETCH \(BODY\[\] \{15\}
S: Subject: x
S: 
S: y)
S~ c2 OK .*
# A NUL has no place in a message as IMAP gives it.
C: c3 APPEND INBOX ~{17+}
RAW Subject: x\r\n\r\n\0\r\n
RAW \r\n
S~ c3 NO \[UNKNOWN-CTE\] .*
C: c4 NOOP
S~ c4 OK .*
