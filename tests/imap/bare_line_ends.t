# Only CRLF ends a line.
PORT imaps
S* \* OK .*
RAW a1 NOOP\na2 NOOP\r\n
S~ (a1|\*) BAD .*
RAW a3 NOOP\ra4 NOOP\r\n
S~ (a3|\*) BAD .*
C: a5 NOOP
S~ a5 OK .*
