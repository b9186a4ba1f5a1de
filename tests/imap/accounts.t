# What is alice's is not bob's.
MAIL alice secret
PORT imaps
S* \* OK .*
LOGIN bob
C: a1 SELECT INBOX
S* \* 0 EXISTS
S* a1 OK .*
C: a2 LIST "" "*alice*"
S~ a2 OK .*
C: a3 SELECT "alice@example.test/INBOX"
S* a3 NO .*
