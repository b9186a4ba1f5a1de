# When a message came into its mailbox.                             RFC 8514
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* SAVEDATE\b).*
S~ a0 OK .*
# It cannot be set by APPEND.
C: a1 APPEND INBOX " 1-Feb-1994 10:11:12 +0130" {3+}
C: one
S~ a1 OK .*
C: a2 SELECT INBOX
S* a2 OK .*
C: a3 FETCH 1 (INTERNALDATE SAVEDATE)
S~ \* 1 FETCH \(INTERNALDATE " 1-Feb-1994 10:11:12 \+0130" SAVEDATE "[ 0-9]\d-\w{3}-20\d\d \d\d:\d\d:\d\d \+0000"\)
S~ a3 OK .*
C: a4 COPY 1 Archive
S~ a4 OK .*
# The keys look at it, and not at the internal date.
C: b1 SEARCH SAVEDBEFORE 2-Feb-1994
S: * SEARCH
S~ b1 OK .*
C: b2 SEARCH SAVEDSINCE 2-Feb-1994 BEFORE 2-Feb-1994
S: * SEARCH 1
S~ b2 OK .*
C: b3 SEARCH SAVEDON 1-Feb-1994
S: * SEARCH
S~ b3 OK .*
C: b4 SEARCH OR SAVEDON "1-Jan-2015" NOT SAVEDBEFORE "1-Jan-2015"
S: * SEARCH 1
S~ b4 OK .*
C: b5 SEARCH SAVEDATESUPPORTED
S: * SEARCH 1
S~ b5 OK .*
C: b6 SEARCH NOT SAVEDATESUPPORTED
S: * SEARCH
S~ b6 OK .*
# A copy has its own.
C: c1 EXAMINE Archive
S* c1 OK .*
C: c2 UID FETCH 1:* SAVEDATE
S~ \* 1 FETCH \(UID \d+ SAVEDATE "[ 0-9]\d-\w{3}-20\d\d \d\d:\d\d:\d\d \+0000"\)
S~ c2 OK .*
C: d1 SEARCH SAVEDBEFORE
S~ d1 BAD .*
C: d2 SEARCH SAVEDON 32-Foo-2015
S~ d2 BAD .*
