# Addresses beyond ASCII.                                     RFC 6531
CLEAR alice
S~ 220 .*
C: EHLO client.example.net
S* 250 .*
# Only for who asks for it, and only UTF-8.
C: MAIL FROM:<j\xc3\xbcrgen@example.net>
S~ 553 5\.6\.7 .*
# Other octets are no text, and controls are in no address, asked for or not.
C: MAIL FROM:<j\xfcrgen@example.net> SMTPUTF8
S~ 501 5\.1\.7 .*
C: MAIL FROM:<a\xc2\x85b@example.net> SMTPUTF8
S~ 501 5\.1\.7 .*
C: MAIL FROM:<a\xc2\x9bb@example.net>
S~ 501 5\.1\.7 .*
# No value, and once.                                         3.1 (4)
C: MAIL FROM:<j\xc3\xbcrgen@example.net> SMTPUTF8=YES
S~ 501 5\.5\.4 .*
C: MAIL FROM:<j\xc3\xbcrgen@example.net> SMTPUTF8 SMTPUTF8
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<j\xc3\xbcrgen@example.test>
S~ 553 5\.6\.7 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<j\xc3\xbcrgen@b\xc3\xbccher.example> BODY=8BITMIME SMTPUTF8
S~ 250 .*
# Understood, and not here.
C: RCPT TO:<j\xc3\xbcrgen@example.test>
S~ 550 5\.1\.1 .*
C: RCPT TO:<alice@b\xc3\xbccher.example>
S~ 550 5\.7\.1 .*
# VRFY may ask for UTF-8 in its answer.                       3.7.4.2
C: VRFY j\xc3\xbcrgen SMTPUTF8
S~ 252 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: J\xc3\xbcrgen <j\xc3\xbcrgen@b\xc3\xbccher.example>
C: Subject: Gr\xc3\xbc\xc3\x9fe
C: 
C: Hallo
C: .
S~ 250 2\.0\.0 .*
# The trace says so.                                          4.3
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1 BODY.PEEK[HEADER]
S~ \* 1 FETCH .*
S: Return-Path: <jürgen@xn--bcher-kva.example>
S: Delivered-To: alice@example.test
S~ Received: from client\.example\.net .*
S~ \s+by .* with UTF8SMTP
