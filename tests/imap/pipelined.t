# Commands without waiting for answers: in order.             RFC 3501 5.5
PORT imaps
S* \* OK .*
LOGIN alice
PIPE
C: a1 NOOP
C: a2 SELECT INBOX
C: a3 STATUS INBOX (MESSAGES)
C: a4 CLOSE
C: a5 LOGOUT
S~ a1 OK .*
S* a2 OK .*
S* a3 OK .*
S~ a4 OK .*
S~ \* BYE .*
S~ a5 OK .*
CLOSED
