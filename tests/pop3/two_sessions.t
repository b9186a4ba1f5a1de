# Several sessions of one account, each with its own view (pop3-exclusive is
# off): what the other has removed is no failure.
PORT pop3s
MAIL alice one
MAIL alice two
S~ \+OK .*
LOGIN alice
CONN b
S~ \+OK .*
LOGIN alice
C: DELE 1
S~ \+OK .*
CONN a
C: DELE 1
S~ \+OK .*
C: DELE 2
S~ \+OK .*
C: QUIT
S~ \+OK .*
CLOSED
CONN b
C: QUIT
S~ \+OK .*
CLOSED
CONN c
S~ \+OK .*
LOGIN alice
C: STAT
S: +OK 0 0
