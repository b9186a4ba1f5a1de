# A tree of parts: numbers, MIME headers, structure.        RFC 3501 6.4.5
APPEND alice INBOX
| From: <a@example.net>
| Subject: parts
| MIME-Version: 1.0
| Content-Type: multipart/mixed; boundary="outer"
|
| preamble
| --outer
| Content-Type: text/plain; charset=utf-8
| Content-Transfer-Encoding: 8bit
|
| text
| --outer
| Content-Type: message/rfc822
| Content-Description: a letter
|
| From: <b@example.net>
| Subject: inner
| Content-Type: multipart/alternative; boundary=inner
|
| --inner
|
| plain
| --inner
| Content-Type: text/html
|
| <p>html
| --inner--
| --outer
| Content-Type: image/png; name="dot.png"
| Content-Transfer-Encoding: base64
| Content-Disposition: attachment; filename="dot.png"
| Content-ID: <dot@example.net>
|
| iVBORw==
| --outer--
| epilogue
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 FETCH 1 BODYSTRUCTURE
S~ (?i)\* 1 FETCH \(BODYSTRUCTURE \(\("text" "plain" \("charset" "utf-8"\) NIL NIL "8bit" 4 [01] NIL NIL NIL NIL\)\("message" "rfc822" NIL NIL "a letter" "7bit" 166 \(NIL "inner" .*\) \(\("text" "plain" .* NIL NIL "7bit" 5 [01] .*\)\("text" "html" .* NIL NIL "7bit" 7 [01] .*\) "alternative" \("boundary" "inner"\) NIL NIL NIL\) 1[0-3] NIL NIL NIL NIL\)\("image" "png" \("name" "dot\.png"\) "<dot@example\.net>" NIL "base64" 8 NIL \("attachment" \("filename" "dot\.png"\)\) NIL NIL\) "mixed" \("boundary" "outer"\) NIL NIL NIL\)\)
S~ a2 OK .*
C: a3 FETCH 1 BODY.PEEK[1]
S~ \* 1 FETCH \(BODY\[1\] (\{4\}|"text"\))
S* a3 OK .*
C: a4 FETCH 1 BODY.PEEK[1.MIME]
S: * 1 FETCH (BODY[1.MIME] {76}
S: Content-Type: text/plain; charset=utf-8
S: Content-Transfer-Encoding: 8bit
S: 
S: )
S~ a4 OK .*
C: a5 FETCH 1 BODY.PEEK[2.HEADER.FIELDS (SUBJECT)]
S~ \* 1 FETCH \(BODY\[2\.HEADER\.FIELDS \("?SUBJECT"?\)\] \{18\}
S: Subject: inner
S: 
S: )
S~ a5 OK .*
C: a6 FETCH 1 BODY.PEEK[2.2]
S~ \* 1 FETCH \(BODY\[2\.2\] (\{7\}|"<p>html"\))
S* a6 OK .*
C: a7 FETCH 1 BODY.PEEK[2.TEXT]<0.9>
S: * 1 FETCH (BODY[2.TEXT]<0> {9}
S: --inner
S: )
S~ a7 OK .*
C: a8 FETCH 1 BODY.PEEK[3]
S~ \* 1 FETCH \(BODY\[3\] (\{8\}|"iVBORw=="\))
S* a8 OK .*
# HEADER and TEXT belong to messages only; there is no part 4.
C: a9 FETCH 1 BODY.PEEK[4]
S~ \* 1 FETCH \(BODY\[4\] (NIL|""|\{0\})\)?
S* a9 OK .*
C: a10 FETCH 1 (BODY.PEEK[1] BODY.PEEK[3] UID FLAGS)
S* a10 OK .*
