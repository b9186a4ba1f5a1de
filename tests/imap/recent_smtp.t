# A message by SMTP: its facts, and the trace fields in front.
PORT imaps
S* \* OK .*
LOGIN alice
MAIL alice hello there
C: a1 SELECT INBOX
S* \* 1 EXISTS
S* a1 OK .*
C: a2 FETCH 1 ENVELOPE
S: * 1 FETCH (ENVELOPE (NIL "hello there" ((NIL NIL "sender" "example.net")) ((NIL NIL "sender" "example.net")) ((NIL NIL "sender" "example.net")) ((NIL NIL "alice" "example.test")) NIL NIL NIL NIL))
S~ a2 OK .*
C: a3 FETCH 1 BODY.PEEK[HEADER.FIELDS (RETURN-PATH DELIVERED-TO)]
S* Return-Path: <sender@example\.net>
S: Delivered-To: alice@example.test
S: 
S: )
S~ a3 OK .*
C: a4 FETCH 1 BODY.PEEK[TEXT]
S~ \* 1 FETCH \(BODY\[TEXT\] (\{7\}|"Hello")
S: Hello
S: )
S~ a4 OK .*
