# What of a header is replaced, and what of it nobody else is to see.
#                                                  RFC 6409 8.2, 8.3
CLEAR bob
PORT submissions
S~ 220 .*
LOGIN alice
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Return-Path: <elsewhere@example.org>
C: From: alice@example.test
C: Bcc: secret@example.org,
C:  another@example.org
C: Message-Id: <>
C: Date: yesterday
C: X-Last: field
C: 
C: Hello
C: .
S~ 250 .*
# A header of 1,600 people gets what it lacks.
C: MAIL FROM:<alice@example.test>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: alice@example.test
RAW To: x@example.org\(,\r\n Somebody With A Long Name <somebody@example.org>*1600)\r\n
C: 
C: Hello
C: .
S~ 250 .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN bob
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1 BODY.PEEK[HEADER]
S~ \* 1 FETCH .*
S: Return-Path: <alice@example.test>
S* Date: ..., .*
S~ Message-ID: <.+@.+>
S: From: alice@example.test
S: X-Last: field
S: 
S* b OK .*
C: c FETCH 2 BODY.PEEK[HEADER.FIELDS (Date Message-ID)]
S~ \* 2 FETCH .*
S~ Date: ..., .*
S~ Message-ID: <.+@.+>
