# One space stands between two elements, and none elsewhere (RFC 3501 9). More
# of them are forgiven, as everywhere.
APPEND alice INBOX
| Subject: one
|
PORT imaps
S* \* OK .*
C: a1  NOOP 
S~ a1 OK .*
C: a2   LOGIN   alice@example.test    {12}  
S~ a2 BAD .*
C: a3   LOGIN   alice@example.test    {12}
S~ \+ .*
C: postern-demo  
S~ a3 OK .*
C: a4 SELECT  INBOX 
S* a4 OK .*
C: a5 FETCH  1  ( FLAGS  UID )
S~ \* 1 FETCH \(.*
S~ a5 OK .*
C: a6 UID  FETCH 1:*  (FLAGS) 
S~ \* 1 FETCH \(.*
S~ a6 OK .*
C: a7 STORE 1  +FLAGS  ( \\Seen  )
S~ \* 1 FETCH \(.*\\Seen.*\)
S~ a7 OK .*
C: a8 STATUS INBOX  ( MESSAGES  UNSEEN )
S~ \* STATUS .*
S~ a8 OK .*
C: a9 LIST  ""  * 
S* a9 OK .*
# The message of an APPEND is one behind two spaces too.
RAW a10  APPEND  INBOX  (\\Seen)  {17+}\r\nSubject: x\r\n\r\nx\r\n\r\n
S~ \* 2 EXISTS
S* a10 OK .*
# A mailbox as a literal is not.
RAW a11  APPEND  {5+}\r\nINBOX  {17+}\r\nSubject: y\r\n\r\ny\r\n\r\n
S~ \* 3 EXISTS
S* a11 OK .*
