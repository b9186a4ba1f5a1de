# A line without end is not kept; a literal too big is refused before it is
# sent; one that does not wait is dropped, unless it is far too much.
PORT imaps
S* \* OK .*
C: a1 NOOP \(x*200000)
S~ (a1|\*) (BAD|NO|BYE) .*
CONN b
S* \* OK .*
C: b1 LOGIN {99999999}
S~ b1 (BAD|NO) .*
C: b2 LOGIN {4294967296}
S~ b2 (BAD|NO) .*
C: b3 LOGIN {-1}
S~ b3 BAD .*
C: b4 NOOP
S~ b4 OK .*
CONN c
S* \* OK .*
C: c1 LOGIN {999999999999+}
S~ \* BYE \[TOOBIG\] .*
