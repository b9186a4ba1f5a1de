# The octets that a command announced belong to it, also when it is refused:
# none of them is ever a command.                          RFC 7888 3, 4
PORT imaps
S* \* OK .*
# Before the login, where no APPEND is expected.
RAW a1 APPEND INBOX {9+}\r\n123456789 {12+}\r\na2 LOGOUT \r\n {9+}\r\na3 LOGOUT\r\n
S~ a1 (BAD|NO) .*
C: a4 NOOP
S~ a4 OK .*
# A line that is too long, and says at its end that more comes.
RAW b1 NOOP \(x*70000) {11+}\r\nb2 LOGOUT\r\n {9+}\r\nb3 LOGOUT\r\n
S~ b1 (BAD|NO) .*
C: b4 NOOP
S~ b4 OK .*
# The tag of a line that is too long is known, also behind a literal.
RAW c1 LOGIN {2+}\r\nab \(x*70000)\r\n
S~ c1 (BAD|NO) .*
# In a SASL answer.
C: d1 AUTHENTICATE PLAIN
S~ \+ .*
RAW nonsense {11+}\r\nd2 LOGOUT\r\n\r\n
S~ d1 (BAD|NO) .*
C: d3 NOOP
S~ d3 OK .*
C: d4 AUTHENTICATE PLAIN
S~ \+ .*
RAW \(x*20000) {11+}\r\nd5 LOGOUT\r\n\r\n
S~ d4 (BAD|NO) .*
C: d6 NOOP
S~ d6 OK .*
LOGIN alice
# Behind a message that is taken, and behind one that is refused.
RAW e1 APPEND INBOX {17+}\r\nSubject: x\r\n\r\nx\r\n x {11+}\r\ne2 LOGOUT\r\n\r\n
S~ e1 BAD .*
RAW e3 APPEND nothing {17+}\r\nSubject: x\r\n\r\nx\r\n {11+}\r\ne4 LOGOUT\r\n\r\n
S~ e3 (BAD|NO) .*
RAW e5 APPEND INBOX (\\Nonsense) {3+}\r\nabc (\\Seen) {11+}\r\ne6 LOGOUT\r\n\r\n
S~ e5 (BAD|NO) .*
RAW e7 APPEND INBOX {3+}\r\nabc\(x*70000) {11+}\r\ne8 LOGOUT\r\n\r\n
S~ e7 BAD .*
C: e9 STATUS INBOX (MESSAGES)
S~ \* STATUS "?INBOX"? \(MESSAGES 0\)
S~ e9 OK .*
# What ends inside quotes announces nothing: what follows is a command.
RAW i1 APPEND INBOX {3+}\r\nabc "x {5+}\r\ni2 NOOP\r\n
S~ i1 BAD .*
S~ i2 OK .*
RAW i3 APPEND nothing {3+}\r\nabc "x\\" {5+}\r\ni4 NOOP\r\n
S~ i3 (BAD|NO) .*
S~ i4 OK .*
RAW i5 NOOP \(x*70000) "x {5+}\r\ni6 NOOP\r\n
S~ i5 BAD .*
S~ i6 OK .*
# Behind quotes that end it does.
RAW i7 APPEND INBOX {3+}\r\nabc "x y z x y z x y z x y z x y z" {11+}\r\ni8 LOGOUT\r\n\r\n
S~ i7 BAD .*
RAW i9 NOOP \(x*70000) "x y z x y z x y z x y z x y z" {11+}\r\nj1 LOGOUT\r\n\r\n
S~ i9 BAD .*
# Whoever waits for our "+" hears the refusal.
RAW f1 APPEND INBOX {3+}\r\nabc x {44}\r\n
S~ f1 BAD .*
C: f2 NOOP
S~ f2 OK .*
# In IDLE.
C: g1 IDLE
S~ \+ .*
RAW NONSENSE {11+}\r\ng2 LOGOUT\r\n {6+}\r\nDONE\r\n\r\n
S~ g1 BAD .*
C: g3 IDLE
S~ \+ .*
RAW \(x*3000) {11+}\r\ng4 LOGOUT\r\n\r\n
S~ g3 BAD .*
C: g5 NOOP
S~ g5 OK .*
# More than anybody would read is the end of the session, not commands.
RAW h1 APPEND INBOX {3+}\r\nabc {99999999999+}\r\nh2 NOOP\r\n
S* \* BYE .*
CLOSED
