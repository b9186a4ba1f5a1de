# Authentication-Results of a stranger that claim to be ours.    RFC 8601 5
CLEAR bob
S~ 220 (?P<host>\S+) .*
C: EHLO client.example.net
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Authentication-Results: ${host}; dkim=pass
C: authentication-results : (yes)
C:  "${host}" 1 ; spf=pass
C: Authentication-Results: far.example; spf=pass
C:  (${host})
C: From: president@example.org
C: 
C: Authentication-Results: ${host}; of the body
C: .
S~ 250 .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN bob
C: a SELECT INBOX
S* a OK .*
C: b FETCH 1 BODY.PEEK[]
S* \s+for <bob@example\.test>;.*
S~ \s+.*
S: Authentication-Results: far.example; spf=pass
S~  \(.*\)
S: From: president@example.org
S: 
S: Authentication-Results: ${host}; of the body
S* b OK .*
