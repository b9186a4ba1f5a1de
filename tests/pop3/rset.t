PORT pop3s
MAIL alice one
MAIL alice two
S~ \+OK .*
LOGIN alice
C: DELE 1
S~ \+OK .*
C: DELE 2
S~ \+OK .*
C: STAT
S: +OK 0 0
C: RSET
S~ \+OK .*2 messages.*
C: STAT
S~ \+OK 2 \d+
C: DELE 1
S~ \+OK .*
C: RSET
S~ \+OK .*
C: QUIT
S~ \+OK .*
CONN b
S~ \+OK .*
LOGIN alice
C: STAT
S~ \+OK 2 \d+
