# FILTER: searches that are kept at the server.                     RFC 5466
CLEAR alice
APPEND alice INBOX (\Seen)
| From: boss@example.com
| Subject: one
|
| 1
APPEND alice INBOX (\Flagged)
| From: bob@example.com
| Subject: Straße
|
| 2
APPEND alice INBOX
| From: boss@example.com
| Subject: three
|
| 3
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* FILTERS\b).*
S~ a0 OK .*
C: a1 SELECT INBOX
S* a1 OK .*
C: b1 SETMETADATA "" (/private/filters/values/On-the-road "OR FLAGGED FROM \"boss@example.com\"" /private/filters/values/unread "UNSEEN FILTER on-the-road")
S~ b1 OK .*
C: b2 SEARCH FILTER on-the-road
S: * SEARCH 1 2 3
S~ b2 OK .*
C: b3 SEARCH NOT SEEN FILTER ON-THE-ROAD SUBJECT three
S: * SEARCH 3
S~ b3 OK .*
# Both keys of it are one.
C: b4 SEARCH NOT FILTER unread
S: * SEARCH 1
S~ b4 OK .*
C: b5 SORT (REVERSE SUBJECT) US-ASCII FILTER unread
S: * SORT 3 2
S~ b5 OK .*
C: b6 THREAD ORDEREDSUBJECT UTF-8 FILTER unread FLAGGED
S: * THREAD (2)
S~ b6 OK .*
C: b7 ESEARCH IN (mailboxes INBOX) RETURN (COUNT) FILTER unread
S~ \* ESEARCH .*COUNT 2
S~ b7 OK .*
# What it says is UTF-8.
C: c1 SETMETADATA "" (/private/filters/values/street {17+}
RAW SUBJECT "straßE")\r\n
S~ c1 OK .*
C: c2 SEARCH CHARSET US-ASCII FILTER street
S: * SEARCH 2
S~ c2 OK .*
C: c3 SEARCH CHARSET ISO-8859-1 FILTER street
S~ c3 BAD \[BADCHARSET \(.*\)\] .*
# What is kept up to date is what it was.
C: d1 SEARCH RETURN (UPDATE COUNT) FILTER unread
S~ \* ESEARCH \(TAG "d1"\) COUNT 2
S~ d1 OK .*
C: d2 CANCELUPDATE "d1"
S~ d2 OK .*
# What is not there, or goes round in a circle.
C: e1 SEARCH FILTER nothing
S~ e1 NO \[UNDEFINED-FILTER nothing\] .*
C: e2 SETMETADATA "" (/private/filters/values/a "FILTER b" /private/filters/values/b "FILTER a")
S~ e2 OK .*
C: e3 SEARCH FILTER a
S~ e3 NO \[UNDEFINED-FILTER [ab]\] .*
C: e4 SETMETADATA "" (/private/filters/values/b "FILTER c" /private/filters/values/c "FILTER d" /private/filters/values/d "FLAGGED")
S~ e4 OK .*
C: e5 SEARCH FILTER a
S: * SEARCH 2
S~ e5 OK .*
# What is no search is not noted; at a mailbox it is only a value.
C: f1 SETMETADATA "" (/private/filters/values/d "OR SMALLER")
S~ f1 NO \[CANNOT\] .*
C: f2 SETMETADATA "" (/private/filters/values/d "")
S~ f2 NO \[CANNOT\] .*
C: f3 SETMETADATA INBOX (/private/filters/values/d "OR SMALLER")
S~ f3 OK .*
C: f4 SEARCH FILTER d
S: * SEARCH 2
S~ f4 OK .*
C: f5 SETMETADATA INBOX (/private/filters/values/d NIL)
S~ f5 OK .*
# Too much of it.
C: g1 SETMETADATA "" (/private/filters/values/many "\(SEEN *400)ALL")
S~ g1 OK .*
C: g2 SEARCH FILTER many FILTER many FILTER many
S~ g2 NO \[LIMIT\] .*
C: g3 SEARCH \(FILTER d *17)ALL
S~ g3 NO \[LIMIT\] .*
C: g4 SEARCH FILTER a/b
S~ g4 BAD .*
C: g5 SEARCH FILTER
S~ g5 BAD .*
C: h1 SETMETADATA "" (/private/filters/values/a NIL /private/filters/values/b NIL /private/filters/values/c NIL /private/filters/values/d NIL /private/filters/values/many NIL /private/filters/values/street NIL /private/filters/values/unread NIL /private/filters/values/on-the-road NIL)
S~ h1 OK .*
