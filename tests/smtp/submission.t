# Submission: one's own address as sender, anybody as recipient. RFC 6409
CLEAR bob
PORT submissions
S~ 220 (?P<host>\S+) .*
LOGIN alice
C: MAIL FROM:<bob@example.test>
S~ 55[03] 5\.7\.1 .*
C: MAIL FROM:<someone@example.org>
S~ 55[03] 5\.7\.1 .*
# A report, as of a mail program that says "displayed".       RFC 8098 3
C: MAIL FROM:<>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<Alice@EXAMPLE.test>
S~ 250 .*
C: RCPT TO:<nobody@example.test>
S~ 550 5\.1\.1 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
# Remote: a row of the queue.
C: RCPT TO:<friend@example.org>
S~ 250 .*
C: DATA
S~ 354 .*
C: From: <alice@example.test>
C: Subject: submitted
C: 
C: Hello
C: .
S~ 250 2\.0\.0 .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN bob
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1 BODY.PEEK[HEADER]
S~ \* 1 FETCH .*
S: Return-Path: <Alice@EXAMPLE.test>
S: Delivered-To: bob@example.test
S~ Received: from client\.example\.test .*
S~ \s+by .* with ESMTPSA
NONE .*friend@example\.org.*
