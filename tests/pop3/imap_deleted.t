# What IMAP has marked \Deleted is still there, and POP3 removes no flag of it:
# QUIT expunges what DELE named and nothing else.
PORT imaps
MAIL alice one
MAIL alice two
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: a2 STORE 1 +FLAGS (\Deleted)
S* a2 OK .*
CONN b
PORT pop3s
S~ \+OK .*
LOGIN alice
C: STAT
S~ \+OK 2 \d+
C: RETR 1
S* Subject: one
S* \.
C: DELE 2
S~ \+OK .*
C: QUIT
S~ \+OK .*
CONN a
C: a3 NOOP
S: * 2 EXPUNGE
S: * 1 RECENT
S~ a3 OK .*
# RETR leaves \Seen alone.
C: a4 FETCH 1 (FLAGS)
S: * 1 FETCH (FLAGS (\Deleted \Recent))
S~ a4 OK .*
C: a5 STATUS INBOX (MESSAGES UNSEEN)
S~ \* STATUS "?INBOX"? \(MESSAGES 1 UNSEEN 1\)
S~ a5 OK .*
