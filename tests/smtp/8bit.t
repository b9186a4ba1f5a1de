# 8-bit text comes back octet for octet.                         RFC 6152
CLEAR alice
S* 220 .*
C: EHLO client.example.net
S* 250 .*
PIPE
C: MAIL FROM:<a@example.net> BODY=8BITMIME
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
C: Subject: gr\xc3\xbc\xc3\x9fe
C: 
C: \xe4\xf6\xfc\x80\xff\x01\x7f
C: .
S~ 250 .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1 BODY.PEEK[TEXT]
S: * 1 FETCH (BODY[TEXT] {9}
S~ \\xe4\\xf6\\xfc\\x80\\xff\x01\x7f
