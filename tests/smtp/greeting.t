# The greeting names the host and says ESMTP.            RFC 5321 3.1, 4.2
S~ 220 (?P<host>[a-z0-9.-]+) ESMTP.*
# Before EHLO one may ask for help, do nothing and leave.          4.1.4
C: NOOP
S~ 250 2\.0\.0 .*
C: HELP
S* 214 .*
C: RSET
S~ 250 .*
C: VRFY alice@example.test
S~ 252 .*
C: QUIT
S~ 221 2\.0\.0 .*
CLOSED
