APPEND alice INBOX
| Subject: one
|
| one
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 FETCH
S~ a2 BAD .*
C: a3 FETCH 1
S~ a3 BAD .*
C: a4 FETCH 1 GUESS
S~ a4 BAD .*
C: a5 FETCH 0 FLAGS
S~ a5 BAD .*
C: a6 FETCH 1,, FLAGS
S~ a6 BAD .*
C: a7 FETCH 4294967296 FLAGS
S~ a7 BAD .*
C: a8 FETCH 1 (FLAGS
S~ a8 BAD .*
C: a9 FETCH 1 ()
S~ a9 BAD .*
C: a10 FETCH 1 BODY[GUESS]
S~ a10 BAD .*
C: a11 FETCH 1 BODY[1
S~ a11 BAD .*
C: a12 FETCH 1 BODY[MIME]
S~ a12 BAD .*
C: a13 FETCH 1 (ALL FLAGS)
S~ a13 BAD .*
# A number beyond the last: RFC 3501 calls it an error of the client.
C: a14 FETCH 2 FLAGS
S~ a14 (BAD|NO|OK) .*
# A UID that is not there is none.                              6.4.8
C: a15 UID FETCH 4000000000 FLAGS
S~ a15 OK .*
# "*" is the last one, and a range may stand either way round.
C: a16 FETCH *:1 FLAGS
S~ \* 1 FETCH .*
S~ a16 OK .*
C: a17 UID FETCH 4000000000:* FLAGS
S~ \* 1 FETCH .*
S~ a17 OK .*
