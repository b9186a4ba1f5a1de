# Literals where strings are, one command after the other.    RFC 3501 4.3
PORT imaps
S* \* OK .*
C: a1 LOGIN {18}
S~ \+ .*
C: alice@example.test {12}
S~ \+ .*
C: postern-demo
S~ a1 OK .*
# Without waiting.                                            RFC 7888
C: a2 STATUS {5+}
C: INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 0)
S~ a2 OK .*
# A mailbox named in clear, quoted, or as a literal is the same.
C: a3 STATUS "inbox" (MESSAGES)
S~ \* STATUS "?(INBOX|inbox)"? \(MESSAGES 0\)
S~ a3 OK .*
# An empty literal is an empty string.
C: a4 LIST {0}
S~ \+ .*
C:  INBOX
S~ \* LIST .* "?INBOX"?
S~ a4 OK .*
# NUL never.
C: a5 STATUS {5}
S~ \+ .*
C: IN\0OX (MESSAGES)
S~ a5 (BAD|NO) .*
