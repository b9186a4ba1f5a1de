# What SEARCH refuses, and what it keeps quiet about.
APPEND alice INBOX
| Subject: one
|
| 1
APPEND alice INBOX
| Subject: two
|
| 2
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 SEARCH ALL
S~ a0 BAD .*
C: a1 SELECT INBOX
S* a1 OK .*
C: b1 SEARCH
S~ b1 BAD .*
C: b2 SEARCH NOSUCHKEY
S~ b2 BAD .*
C: b3 SEARCH FROM
S~ b3 BAD .*
C: b4 SEARCH OR SEEN
S~ b4 BAD .*
C: b5 SEARCH BEFORE 30-Feb-2026
S~ b5 BAD .*
C: b6 SEARCH (SEEN
S~ b6 BAD .*
C: b7 SEARCH RETURN (NONSENSE) ALL
S~ b7 BAD .*
C: b8 SEARCH OLDER 0
S~ b8 BAD .*
C: c1 SEARCH SAVEDON yesterday
S~ c1 BAD .*
# RFC 3501 6.4.4
C: d1 SEARCH CHARSET X-NONE TEXT x
S~ d1 NO \[BADCHARSET \(US-ASCII UTF-8 ISO-8859-1 .*\bKOI8-R\b.*\)\] .*
C: d2 SEARCH CHARSET UTF-8
S~ d2 BAD .*
# No EXPUNGE while numbers are the answer; with UIDs it may come.
CONN b
S* \* OK .*
LOGIN alice
C: x1 SELECT INBOX
S* x1 OK .*
C: x2 STORE 1 +FLAGS.SILENT (\Deleted)
S~ x2 OK .*
C: x3 EXPUNGE
S: * 1 EXPUNGE
S~ x3 OK .*
CONN a
C: e1 SEARCH ALL
S: * SEARCH 1 2
S~ e1 OK .*
C: e2 SEARCH TEXT one
S* e2 OK .*
C: e3 UID SEARCH SUBJECT two
S~ \* SEARCH \d+
S: * 1 EXPUNGE
S: * 1 RECENT
S~ e3 OK .*
C: e4 SEARCH ALL
S: * SEARCH 1
S~ e4 OK .*
