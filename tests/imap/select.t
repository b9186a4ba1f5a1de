# RFC 3501 6.3.1, 6.3.2.
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S{
S~ \* FLAGS \((?=.*\\Answered)(?=.*\\Flagged)(?=.*\\Deleted)(?=.*\\Seen)(?=.*\\Draft).*\)
S: * 0 EXISTS
S: * 0 RECENT
S~ \* OK \[PERMANENTFLAGS \(.*\\\*\)\].*
S~ \* OK \[UIDNEXT [1-9]\d*\].*
S~ \* OK \[UIDVALIDITY [1-9]\d*\].*
S~ \* OK \[HIGHESTMODSEQ [1-9]\d*\].*
S~ \* OK \[MAILBOXID \(F[1-9]\d*\)\].*
S~ \* OK \[URLMECH INTERNAL\].*
}
S~ a1 OK \[READ-WRITE\] .*
C: a2 EXAMINE inbox
S* \* 0 EXISTS
S* a2 OK \[READ-ONLY\] .*
C: a3 SELECT nothing
S* a3 NO .*
C: a4 SELECT
S~ a4 BAD .*
C: a5 SELECT ""
S~ a5 (NO|BAD) .*
C: a6 SELECT "in\\valid&box-"
S~ a6 (NO|BAD) .*
