# What is put in front: Return-Path, Delivered-To, Received.  RFC 5321 4.4
CLEAR alice
S~ 220 (?P<host>\S+) .*
C: EHLO client.example.net
S* 250 .*
C: STARTTLS
S~ 220 .*
TLS
C: EHLO client.example.net
S* 250 .*
PIPE
C: MAIL FROM:<Sender@Example.NET>
C: RCPT TO:<alice@example.test>
C: DATA
S* 354 .*
C: Subject: trace
C: 
C: Hello
C: .
S~ 250 .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1 BODY.PEEK[]
S~ \* 1 FETCH \(BODY\[\] \{\d+\}
S: Return-Path: <Sender@Example.NET>
S: Delivered-To: alice@example.test
# "with" says ESMTPS: RFC 3848.
S~ Received: from client\.example\.net \(.*\[127\.0\.0\.1\]\)
S~ \s+by ${host} .*with ESMTPS
S~ \s+\(TLSv1\.[23] .*\)
S~ \s+id .+
S~ \s+for <alice@example\.test>;
S~ \s+(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [ 0-3]?\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000
S: Subject: trace
S: 
S* b OK .*
# Two recipients: neither is told of the other.
CONN a
PIPE
C: MAIL FROM:<>
C: RCPT TO:<alice@example.test>
C: RCPT TO:<bob@example.test>
C: DATA
S* 354 .*
C: Subject: two
C: 
C: Hello
C: .
S~ 250 .*
CONN imap
C: c NOOP
S* c OK .*
C: d FETCH 2 BODY.PEEK[HEADER]
S~ \* 2 FETCH .*
S: Return-Path: <>
S: Delivered-To: alice@example.test
S~ Received: from .*
NONE .*bob@.*
