# RFC 2449 4 wants 255 octets; what is longer than ours is dropped whole.
PORT pop3s
S~ \+OK .*
C: USER \(x*3000)
S~ \+OK .*
C: USER \(x*200000)QUIT
S~ -ERR .*
C: USER \(QUIT\r*2000)
S~ -ERR .*
LOGIN alice
C: STAT
S: +OK 0 0
