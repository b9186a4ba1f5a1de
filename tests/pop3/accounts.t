# What is alice's is not bob's, and only INBOX is a maildrop.
PORT pop3s
MAIL alice secret
APPEND bob Sent
| Subject: sent
|
| text
S~ \+OK .*
LOGIN bob
C: STAT
S: +OK 0 0
