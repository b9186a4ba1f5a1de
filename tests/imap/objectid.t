# Ids that stay.                                                     RFC 8474
APPEND alice INBOX
| Subject: lunch
| Message-ID: <one@example.org>
|
| one
APPEND alice INBOX
| Subject: Re: lunch
| Message-ID: <two@example.org>
| In-Reply-To: <one@example.org>
|
| two
APPEND alice INBOX
| Subject: lunch
|
| three
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CAPABILITY
S~ \* CAPABILITY .*\bOBJECTID\b.*
S~ a1 OK .*
# Messages, and their conversations.                              5.1, 5.2
C: b1 SELECT INBOX
S* \* OK \[MAILBOXID \((?P<inbox>F[1-9]\d*)\)\] .*
S* b1 OK .*
C: b2 FETCH 1:* (EMAILID THREADID)
S~ \* 1 FETCH \(EMAILID \((?P<one>M\d+)\) THREADID \((?P<talk>T\d+)\)\)
S~ \* 2 FETCH \(EMAILID \((?!${one}\))(?P<two>M\d+)\) THREADID \(${talk}\)\)
S~ \* 3 FETCH \(EMAILID \((?!${one}\)|${two}\))(?P<three>M\d+)\) THREADID \((?!${talk}\))T\d+\)\)
S~ b2 OK .*
C: b3 SEARCH EMAILID ${two}
S: * SEARCH 2
S~ b3 OK .*
C: b4 SEARCH THREADID ${talk} NOT EMAILID ${one}
S: * SEARCH 2
S~ b4 OK .*
# What is an id of nothing.                                             6
C: b5 SEARCH OR EMAILID ${talk} THREADID none-of-ours
S: * SEARCH
S~ b5 OK .*
# They stay what they are where they are copied or moved to.          5.1
C: c1 COPY 2 Archive
S~ c1 OK .*
C: c2 MOVE 1 Archive
S* c2 OK .*
C: c3 SELECT Archive
S* \* OK \[MAILBOXID \((?!${inbox}\))(?P<archive>F\d+)\)\] .*
S* c3 OK .*
C: c4 FETCH 1:* (EMAILID THREADID)
S~ \* 1 FETCH \(EMAILID \(${two}\) THREADID \(${talk}\)\)
S~ \* 2 FETCH \(EMAILID \(${one}\) THREADID \(${talk}\)\)
S~ c4 OK .*
# Mailboxes, by any name.                                       4.1 to 4.3
C: d1 CREATE fresh
S~ d1 OK \[MAILBOXID \((?P<fresh>F\d+)\)\] .*
C: d2 RENAME fresh old
S~ d2 OK .*
C: d3 STATUS old (MESSAGES MAILBOXID)
S: * STATUS old (MESSAGES 0 MAILBOXID (${fresh}))
S~ d3 OK .*
C: d4 LIST "" Archive RETURN (STATUS (MAILBOXID))
S~ \* LIST .* Archive
S: * STATUS Archive (MAILBOXID (${archive}))
S~ d4 OK .*
C: d5 DELETE old
S~ d5 OK .*
C: d6 CREATE old
S~ d6 OK \[MAILBOXID \((?!${fresh}\))F\d+\)\] .*
