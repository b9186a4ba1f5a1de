# 4294967295 is a number like others, and nobody's UID; "*" is the last message.
#                                                    RFC 3501 2.3.1.1, 6.4.8
APPEND alice INBOX
| Subject: one
|
APPEND alice INBOX
| Subject: two
|
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 UID STORE 4294967295 +FLAGS (\\Deleted)
S~ a2 OK .*
C: a3 UID FETCH 4294967295 FLAGS
S~ a3 OK .*
C: a4 UID FETCH 4000000000:4294967295 FLAGS
S~ a4 OK .*
C: a5 UID FETCH 4294967295:4000000000,4294967295:4294967295 FLAGS
S~ a5 OK .*
C: a6 STORE 1:2 +FLAGS.SILENT (\\Deleted)
S~ a6 OK .*
C: a7 UID EXPUNGE 4294967295
S~ a7 OK .*
C: a8 UID EXPUNGE 4000000000:4294967295
S~ a8 OK .*
# What it is for.
C: a9 UID FETCH 4000000000:* FLAGS
S~ \* 2 FETCH .*
S~ a9 OK .*
C: a10 UID FETCH *:4294967295 FLAGS
S~ \* 2 FETCH .*
S~ a10 OK .*
C: a11 UID EXPUNGE *
S: * 2 EXPUNGE
S: * 1 RECENT
S~ a11 OK .*
