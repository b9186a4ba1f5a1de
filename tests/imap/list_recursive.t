# Example 9 of RFC 5258 5: what is told of anyway needs no parent to tell it.
PORT imaps
S* \* OK .*
LOGIN alice
PIPE
C: c1 CREATE foo2/bar1
C: c2 CREATE foo2/bar2
C: c3 CREATE baz2/bar2
C: c4 CREATE baz2/bar22
C: c5 CREATE baz2/bar222
C: c6 CREATE eps2/mamba
C: t1 SUBSCRIBE foo2/bar1
C: t2 SUBSCRIBE foo2/bar2
C: t3 SUBSCRIBE baz2/bar2
C: t4 SUBSCRIBE baz2/bar22
C: t5 SUBSCRIBE baz2/bar222
C: t6 SUBSCRIBE eps2
C: t7 SUBSCRIBE eps2/mamba
C: t8 SUBSCRIBE qux2/bar2
S* t8 OK .*
C: D03 LIST (RECURSIVEMATCH SUBSCRIBED) "" "*2"
S: * LIST (\HasNoChildren \Subscribed) "/" baz2/bar2
S: * LIST (\HasNoChildren \Subscribed) "/" baz2/bar22
S: * LIST (\HasNoChildren \Subscribed) "/" baz2/bar222
S: * LIST (\HasChildren \Subscribed) "/" eps2 ("CHILDINFO" ("SUBSCRIBED"))
S: * LIST (\HasChildren) "/" foo2 ("CHILDINFO" ("SUBSCRIBED"))
S: * LIST (\HasNoChildren \Subscribed) "/" foo2/bar2
S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" qux2/bar2
S~ D03 OK .*
