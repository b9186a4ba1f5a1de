# RFC 3501 6.3.10.
APPEND alice INBOX
| Subject: one
|
| one
APPEND alice INBOX (\Seen)
| Subject: two
|
| two
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 STATUS INBOX (MESSAGES UNSEEN RECENT)
S~ \* STATUS "?INBOX"? \((?=.*MESSAGES 2\b)(?=.*UNSEEN 1\b)(?=.*RECENT \d+).*\)
S~ a1 OK .*
C: a2 STATUS INBOX (UIDNEXT UIDVALIDITY)
S~ \* STATUS "?INBOX"? \((?=.*UIDNEXT (?P<next>\d+))(?=.*UIDVALIDITY (?P<validity>[1-9]\d*)).*\)
S~ a2 OK .*
C: a2b STATUS INBOX (DELETED SIZE)
S~ \* STATUS "?INBOX"? \((?=.*DELETED 0\b)(?=.*SIZE [1-9]).*\)
S~ a2b OK .*
C: a3 SELECT INBOX
S{
S~ \* FLAGS .*
S: * 2 EXISTS
S~ \* \d+ RECENT
S~ \* OK \[UNSEEN 1\].*
S~ \* OK \[PERMANENTFLAGS .*
S~ \* OK \[UIDNEXT ${next}\].*
S~ \* OK \[UIDVALIDITY ${validity}\].*
S~ \* OK \[HIGHESTMODSEQ [1-9]\d*\].*
S~ \* OK \[MAILBOXID \(F\d+\)\].*
S~ \* OK \[URLMECH INTERNAL\] .*
}
S~ a3 OK \[READ-WRITE\] .*
C: a4 STATUS nothing (MESSAGES)
S~ a4 NO .*
C: a5 STATUS INBOX ()
S~ a5 BAD .*
C: a6 STATUS INBOX (GUESS)
S~ a6 BAD .*
C: a7 STATUS INBOX
S~ a7 BAD .*
