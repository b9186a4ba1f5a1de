# Whoever says nothing but nonsense is sent away.
PORT imaps
S* \* OK .*
PIPE
RAW \(x NONSENSE\r\n*100)
S* \* BYE .*
CLOSED
