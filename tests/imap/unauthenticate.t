# UNAUTHENTICATE: one connection, several people.                   RFC 8437
APPEND alice INBOX
| Subject: one
|
| one
PORT imaps
S* \* OK (?!.*UNAUTHENTICATE).*
C: a0 UNAUTHENTICATE
S~ a0 BAD .*
C: a1 LOGIN alice@${domain} ${password}
S~ a1 OK \[CAPABILITY .*\bUNAUTHENTICATE\b.*
C: a2 ENABLE QRESYNC IMAP4rev2 UIDONLY
S~ \* ENABLED .*
S~ a2 OK .*
C: a3 SELECT INBOX
S* a3 OK .*
C: a4 UID SEARCH RETURN (SAVE) ALL
S~ a4 OK .*
C: a5 UNAUTHENTICATE x
S~ a5 BAD .*
# Nothing is closed in any way that is told, or that removes something.
PIPE
C: b1 UNAUTHENTICATE
C: b2 LOGIN bob@${domain} ${password}
S~ b1 OK .*
S~ b2 OK \[CAPABILITY .*
C: b3 FETCH 1 FLAGS
S~ b3 BAD .*
C: b4 SELECT INBOX
S~ \* 0 EXISTS
S~ \* 0 RECENT
S* b4 OK .*
C: b5 SEARCH ALL
S: * SEARCH
S~ b5 OK .*
C: b6 UNAUTHENTICATE
S~ b6 OK .*
C: b7 STATUS INBOX (MESSAGES)
S~ b7 BAD .*
C: b8 CAPABILITY
S~ \* CAPABILITY (?=.*\bAUTH=PLAIN\b)(?!.*UNAUTHENTICATE).*
S~ b8 OK .*
C: c1 LOGIN alice@${domain} ${password}
S~ c1 OK .*
C: c2 STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 1)
S~ c2 OK .*
C: c3 COMPRESS DEFLATE
S~ c3 OK .*
DEFLATE
C: c4 CAPABILITY
S~ \* CAPABILITY (?!.*UNAUTHENTICATE).*
S~ c4 OK .*
C: c5 UNAUTHENTICATE
S~ c5 BAD .*
