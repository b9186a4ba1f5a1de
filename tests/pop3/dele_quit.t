# RFC 1939 5 and 6: QUIT removes what DELE marked, and only that.
PORT pop3s
MAIL alice one
MAIL alice two
MAIL alice three
S~ \+OK .*
LOGIN alice
C: DELE 2
S~ \+OK .*
C: DELE 2
S~ -ERR .*
C: DELE 4
S~ -ERR .*
C: DELE 0
S~ -ERR .*
C: DELE
S~ -ERR .*
# Nobody sees anything of it before.
CONN b
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* \* 3 EXISTS
S* a1 OK .*
C: a2 FETCH 1:* (FLAGS)
S: * 1 FETCH (FLAGS (\Recent))
S: * 2 FETCH (FLAGS (\Recent))
S: * 3 FETCH (FLAGS (\Recent))
S~ a2 OK .*
CONN a
C: QUIT
S~ \+OK .*
CLOSED
CONN b
C: a3 NOOP
S: * 2 EXPUNGE
S: * 2 RECENT
S~ a3 OK .*
C: a4 FETCH 1:* BODY.PEEK[HEADER.FIELDS (Subject)]
S* Subject: one
S* Subject: three
S* a4 OK .*
