# By number in an empty mailbox: there is nothing, and no reason to complain.
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 FETCH 1 FLAGS
S~ a2 OK .*
C: a3 FETCH 1:* FLAGS
S~ a3 OK .*
C: a4 STORE * +FLAGS (\\Seen)
S~ a4 OK .*
C: a5 UID FETCH 1:* FLAGS
S~ a5 OK .*
