# 20 commands without sense one behind another end a session; not 20 in a life.
PORT pop3s
S~ \+OK .*
LOGIN alice
RAW \(NONSENSE\r\n*19)
C: NOOP
S* \+OK .*
RAW \(NONSENSE\r\n*19)
C: NOOP
S* \+OK .*
RAW \(NONSENSE\r\n*19)
RAW NONSENSE
RAW \r\n
S~ -ERR .*
S* -ERR .*
CONN b
S~ \+OK .*
RAW \(NONSENSE\r\n*20)
RAW QUIT\r\n
NONE \+OK .*
