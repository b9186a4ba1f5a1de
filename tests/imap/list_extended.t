# The examples of RFC 5258 5.
PORT imaps
S* \* OK .*
LOGIN alice
PIPE
C: s1 DELETE Archive
C: s2 DELETE Drafts
C: s3 DELETE Junk
C: s4 DELETE Sent
C: s5 DELETE Trash
C: u1 UNSUBSCRIBE Archive
C: u2 UNSUBSCRIBE Drafts
C: u3 UNSUBSCRIBE Junk
C: u4 UNSUBSCRIBE Sent
C: u5 UNSUBSCRIBE Trash
C: c1 CREATE Fruit/Apple
C: c2 CREATE Fruit/Banana
C: c3 CREATE Tofu
C: c4 CREATE Vegetable/Broccoli
C: c5 CREATE Vegetable/Corn
C: t1 SUBSCRIBE Fruit/Banana
C: t2 SUBSCRIBE Fruit/Peach
C: t3 SUBSCRIBE Vegetable
C: t4 SUBSCRIBE Vegetable/Broccoli
S* t4 OK .*
# 1
C: A01 LIST "" "*"
S: * LIST (\HasChildren) "/" Fruit
S: * LIST (\HasNoChildren) "/" Fruit/Apple
S: * LIST (\HasNoChildren) "/" Fruit/Banana
S: * LIST (\HasNoChildren) "/" INBOX
S: * LIST (\HasNoChildren) "/" Tofu
S: * LIST (\HasChildren) "/" Vegetable
S: * LIST (\HasNoChildren) "/" Vegetable/Broccoli
S: * LIST (\HasNoChildren) "/" Vegetable/Corn
S~ A01 OK .*
# 2
C: A02 LIST (SUBSCRIBED) "" "*"
S: * LIST (\HasNoChildren \Subscribed) "/" Fruit/Banana
S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" Fruit/Peach
S: * LIST (\HasNoChildren \Subscribed) "/" INBOX
S: * LIST (\HasChildren \Subscribed) "/" Vegetable
S: * LIST (\HasNoChildren \Subscribed) "/" Vegetable/Broccoli
S~ A02 OK .*
# 3
C: A03 LIST () "" "%" RETURN (CHILDREN)
S: * LIST (\HasChildren) "/" Fruit
S: * LIST (\HasNoChildren) "/" INBOX
S: * LIST (\HasNoChildren) "/" Tofu
S: * LIST (\HasChildren) "/" Vegetable
S~ A03 OK .*
# 4, 5: no mailbox here is elsewhere.
C: A05 LIST (REMOTE SUBSCRIBED) "" "F*"
S: * LIST (\HasNoChildren \Subscribed) "/" Fruit/Banana
S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" Fruit/Peach
S~ A05 OK .*
# 6
C: A06 LIST (REMOTE) "" "F*" RETURN (SUBSCRIBED)
S: * LIST (\HasChildren) "/" Fruit
S: * LIST (\HasNoChildren) "/" Fruit/Apple
S: * LIST (\HasNoChildren \Subscribed) "/" Fruit/Banana
S~ A06 OK .*
# 7: each once, in whatever order; the empty pattern is none.
C: BBB LIST "" ("INBOX" "T%" "*o*" "")
S: * LIST (\HasNoChildren) "/" INBOX
S: * LIST (\HasNoChildren) "/" Tofu
S: * LIST (\HasNoChildren) "/" Vegetable/Broccoli
S: * LIST (\HasNoChildren) "/" Vegetable/Corn
S~ BBB OK .*
# 8
C: C02 LIST (SUBSCRIBED) "" "F%"
S~ C02 OK .*
C: C04 LIST (SUBSCRIBED RECURSIVEMATCH) "" "%"
S: * LIST (\HasChildren) "/" Fruit ("CHILDINFO" ("SUBSCRIBED"))
S: * LIST (\HasNoChildren \Subscribed) "/" INBOX
S: * LIST (\HasChildren \Subscribed) "/" Vegetable ("CHILDINFO" ("SUBSCRIBED"))
S~ C04 OK .*
C: C05 SUBSCRIBE Meat/Beef
S~ C05 OK .*
C: C06 LIST (RECURSIVEMATCH SUBSCRIBED) "" "M%"
S: * LIST (\NonExistent \HasNoChildren) "/" Meat ("CHILDINFO" ("SUBSCRIBED"))
S~ C06 OK .*
C: C07 UNSUBSCRIBE Vegetable/Broccoli
S~ C07 OK .*
C: C08 LIST (SUBSCRIBED RECURSIVEMATCH) "" "V%" RETURN (CHILDREN)
S: * LIST (\HasChildren \Subscribed) "/" Vegetable
S~ C08 OK .*
# 10
C: a3 LIST (SUBSCRIBED RECURSIVEMATCH) "" Fruit RETURN (CHILDREN)
S: * LIST (\HasChildren) "/" Fruit ("CHILDINFO" ("SUBSCRIBED"))
S~ a3 OK .*
# It makes no sense alone.                                          3.1
C: x1 LIST (RECURSIVEMATCH) "" "*"
S~ x1 BAD .*
C: x2 LIST (REMOTE RECURSIVEMATCH) "" "*"
S~ x2 BAD .*
C: x3 LIST (SUBSCRIBED) "" "*" RETURN (RIGHTS)
S~ x3 BAD .*
C: x4 LIST (SUBSCRIBED) "" "*" RETURN (GUESS)
S~ x4 BAD .*
C: x5 LIST (GUESS) "" "*"
S~ x5 BAD .*
# Twice is once.                                                      3
C: x6 LIST (SUBSCRIBED SUBSCRIBED) "" "Fruit/B*" RETURN (CHILDREN CHILDREN)
S: * LIST (\HasNoChildren \Subscribed) "/" Fruit/Banana
S~ x6 OK .*
# A reference stands before each.
C: x7 LIST "Fruit/" ("A%" "%na")
S: * LIST (\HasNoChildren) "/" Fruit/Apple
S: * LIST (\HasNoChildren) "/" Fruit/Banana
S~ x7 OK .*
