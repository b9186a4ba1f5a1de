# 20 commands without sense one behind another end a session; not 20 in a life.
PORT imaps
S* \* OK .*
RAW \(x NONSENSE\r\n*19)
C: a1 NOOP
S* a1 OK .*
RAW \(x NONSENSE\r\n*19)
C: a2 NOOP
S* a2 OK .*
RAW \(x NONSENSE\r\n*20)
S* \* BYE .*
CLOSED
