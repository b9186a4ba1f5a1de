# A command in a state that does not know it.              RFC 3501 3
PORT imaps
S* \* OK .*
C: a1 SELECT INBOX
S~ a1 (BAD|NO) .*
C: a2 LIST "" *
S~ a2 (BAD|NO) .*
C: a3 FETCH 1 FLAGS
S~ a3 (BAD|NO) .*
C: a4 IDLE
S~ a4 (BAD|NO) .*
C: a5 APPEND INBOX {3}
S~ a5 (BAD|NO) .*
LOGIN alice
C: b1 FETCH 1 FLAGS
S~ b1 (BAD|NO) .*
C: b2 STORE 1 FLAGS ()
S~ b2 (BAD|NO) .*
C: b3 EXPUNGE
S~ b3 (BAD|NO) .*
C: b4 CLOSE
S~ b4 (BAD|NO) .*
C: b5 UID FETCH 1 FLAGS
S~ b5 (BAD|NO) .*
# After CLOSE, and after a SELECT that failed, nothing is selected.
C: c1 SELECT INBOX
S* c1 OK .*
C: c2 CLOSE
S~ c2 OK .*
C: c3 FETCH 1 FLAGS
S~ c3 (BAD|NO) .*
C: c4 SELECT INBOX
S* c4 OK .*
C: c5 SELECT nothing/here
S* c5 NO .*
C: c6 FETCH 1 FLAGS
S~ c6 (BAD|NO) .*
