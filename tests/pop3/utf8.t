# RFC 6856 2: octets beyond ASCII in a header are for those who said UTF8. All
# others get a surrogate (RFC 6858), whose body is as it was.
PORT pop3s
APPEND alice INBOX
| From: Jürgen <jürgen@exämple.test>
| To: Älice <alice@example.test>, bob@example.test
| Subject: Grüße
| X-Note: nö
| Message-ID: <1@example.test>
| Content-Type: text/plain; charset=utf-8; name="grüße.txt"
|
| Grüße
S~ \+OK .*
LOGIN alice
C: UTF8
S~ -ERR .*
C: RETR 1
S: +OK ${size} octets
S: From: =?utf-8?B?SsO8cmdlbg==?= <invalid@internationalized-address.invalid>
S: To: =?utf-8?B?w4RsaWNl?= <alice@example.test>,
S:  <bob@example.test>
S: Subject: =?utf-8?B?R3LDvMOfZQ==?=
S: Message-ID: <1@example.test>
S: Content-Type: text/plain;
S:  charset="utf-8"
S:
S: Grüße
S: .
C: TOP 1 0
S* Subject: =\?utf-8\?B\?R3LDvMOfZQ==\?=
S*  charset="utf-8"
S:
S: .
C: QUIT
S~ \+OK .*
CONN b
S~ \+OK .*
C: UTF8 now
S~ -ERR .*
C: UTF8
S~ \+OK .*
LOGIN alice
C: RETR 1
S: +OK ${size} octets
S: From: Jürgen <jürgen@exämple.test>
S: To: Älice <alice@example.test>, bob@example.test
S: Subject: Grüße
S: X-Note: nö
S* Grüße
S: .
# Nothing of it has changed on the server.
C: LIST 1
S: +OK 1 ${size}
