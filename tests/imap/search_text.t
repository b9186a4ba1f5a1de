# Keys that only the message answers.                       RFC 3501 6.4.4
APPEND alice INBOX
| Date: Tue, 1 Feb 1994 23:00:00 -0800
| From: =?utf-8?q?J=C3=BCrgen_Gro=C3=9F?= <jg@example.net>
| To: "Bob Baker" <bob@example.org>, carol@example.com
| Cc: dave@example.com
| Bcc: erin@example.com
| Subject: =?iso-8859-1?q?Gr=FC=DFe?= from the
|  mountains
| X-Empty:
| X-Color: Blue
|
| Hello there, plain
| world
APPEND alice INBOX
| Date: Thu, 3 Feb 1994 01:00:00 +0200
| From: frank@example.net
| To: bob@example.org
| Subject: second
| MIME-Version: 1.0
| Content-Type: multipart/mixed; boundary=b
|
| preamble that nobody sees
| --b
| Content-Type: text/plain; charset=utf-8
| Content-Transfer-Encoding: base64
|
| U2Now7ZuZSBHcsO8w59lIGF1cyBLw7ZsbiwgaW4gYmFzZTY0
| --b
| Content-Type: text/html; charset=iso-8859-1
| Content-Transfer-Encoding: quoted-printable
|
| <html><head><style>p { color: hidden }</style></head><body>The=
|  <b>q</b>uoted caf=E9 &amp; &uuml;ber<br>next</body></html>
| --b
| Content-Type: application/pdf; name="report.pdf"
|
| binary octets
| --b
| Content-Type: message/rfc822
|
| Subject: inner subject
|
| inner words
| --b--
APPEND alice INBOX
| From: grace@example.net
| Subject: third
| Content-Type: text/plain; charset=koi8-r
| Content-Transfer-Encoding: 8bit
|
| \xf0\xd2\xc9\xd7\xc5\xd4 \xcd\xc9\xd2
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
# Fields, whatever the case, decoded.
C: b1 SEARCH FROM "j\xc3\x9cRGEN GROSS"
S: * SEARCH 1
S~ b1 OK .*
C: b2 SEARCH FROM EXAMPLE.NET
S: * SEARCH 1 2 3
S~ b2 OK .*
C: b3 SEARCH TO bob
S: * SEARCH 1 2
S~ b3 OK .*
C: b4 SEARCH CC dave
S: * SEARCH 1
S~ b4 OK .*
C: b5 SEARCH BCC erin
S: * SEARCH 1
S~ b5 OK .*
C: b6 SEARCH CHARSET UTF-8 SUBJECT {7+}
C: GR\xc3\x9cSSE
S: * SEARCH 1
S~ b6 OK .*
C: b7 SEARCH SUBJECT "from the mountains"
S: * SEARCH 1
S~ b7 OK .*
C: b8 SEARCH CHARSET ISO-8859-1 SUBJECT {5+}
C: gr\xfc\xdfe
S: * SEARCH 1
S~ b8 OK .*
C: b9 SEARCH HEADER X-Color blue
S: * SEARCH 1
S~ b9 OK .*
C: c1 SEARCH HEADER X-EMPTY ""
S: * SEARCH 1
S~ c1 OK .*
C: c2 SEARCH HEADER CONTENT-TYPE multipart
S: * SEARCH 2
S~ c2 OK .*
C: c3 SEARCH NOT HEADER CC ""
S: * SEARCH 2 3
S~ c3 OK .*
# The day of Date: in its own zone; without a Date: there is none.
C: d1 SEARCH SENTON 1-Feb-1994
S: * SEARCH 1
S~ d1 OK .*
C: d2 SEARCH SENTBEFORE 3-Feb-1994
S: * SEARCH 1
S~ d2 OK .*
C: d3 SEARCH SENTSINCE 2-Feb-1994
S: * SEARCH 2
S~ d3 OK .*
C: d4 SEARCH NOT SENTSINCE 1-Jan-1980
S: * SEARCH 3
S~ d4 OK .*
# Bodies: transfer encodings, charsets, HTML, messages inside.
C: e1 SEARCH BODY "hello THERE"
S: * SEARCH 1
S~ e1 OK .*
C: e2 SEARCH BODY "plain world"
S: * SEARCH 1
S~ e2 OK .*
C: e3 SEARCH BODY mountains
S: * SEARCH
S~ e3 OK .*
C: e4 SEARCH TEXT mountains
S: * SEARCH 1
S~ e4 OK .*
C: e5 SEARCH BODY "aus K\xc3\xb6ln, in BASE64"
S: * SEARCH 2
S~ e5 OK .*
C: e6 SEARCH BODY "the quoted CAF\xc3\x89 & \xc3\x9cber next"
S: * SEARCH 2
S~ e6 OK .*
C: e7 SEARCH BODY hidden
S: * SEARCH
S~ e7 OK .*
C: e8 SEARCH BODY "inner subject"
S: * SEARCH 2
S~ e8 OK .*
C: e9 SEARCH TEXT "inner words"
S: * SEARCH 2
S~ e9 OK .*
C: f1 SEARCH BODY report.pdf
S: * SEARCH 2
S~ f1 OK .*
C: f2 SEARCH BODY "binary octets"
S: * SEARCH
S~ f2 OK .*
C: f3 SEARCH BODY "\xd0\x9f\xd0\xa0\xd0\x98\xd0\x92\xd0\x95\xd0\xa2"
S: * SEARCH 3
S~ f3 OK .*
C: f4 SEARCH CHARSET KOI8-R TEXT {3+}
C: \xcd\xc9\xd2
S: * SEARCH 3
S~ f4 OK .*
C: f5 SEARCH BODY ""
S: * SEARCH 1 2 3
S~ f5 OK .*
# Together with what rows say.
C: g1 SEARCH OR 3 BODY hello
S: * SEARCH 1 3
S~ g1 OK .*
C: g2 SEARCH NOT (BODY hello) UNSEEN 1:2
S: * SEARCH 2
S~ g2 OK .*
C: g3 SEARCH BODY hello TEXT grace
S: * SEARCH
S~ g3 OK .*
C: g4 SEARCH OR BODY inner OR FROM grace SUBJECT nothing
S: * SEARCH 2 3
S~ g4 OK .*
