# Addresses as real senders have them, and as people type them.
CLEAR bob
S* 220 .*
C: EHLO client.example.net
S* 250 .*
C: MAIL FROM:<.a..b.@example.net.> SIZE=100
S~ 250 .*
C: RCPT TO:<bob@example.test.>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: a..b@example.net
C: 
C: Hello
C: .
S~ 250 .*
C: MAIL FROM:	a@example.net	SIZE=100
S~ 250 .*
C: RCPT TO: bob@example.test
S~ 250 .*
C: RCPT TO:nobody..here@example.test
S~ 550 5\.1\.1 .*
C: RCPT TO:postmaster
S~ 250 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<root@my_host.example.net>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: root@my_host.example.net
C: 
C: Hello
C: .
S~ 250 .*
C: MAIL a@example.net
S~ 501 .*FROM:<.*>.*
CONN imap
PORT imaps
S* \* OK .*
LOGIN bob
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1 BODY.PEEK[HEADER.FIELDS (Return-Path)]
S~ \* 1 FETCH .*
S: Return-Path: <".a..b."@example.net>
S* b OK .*
C: c FETCH 2 BODY.PEEK[HEADER.FIELDS (Return-Path)]
S~ \* 2 FETCH .*
S: Return-Path: <root@my_host.example.net>
