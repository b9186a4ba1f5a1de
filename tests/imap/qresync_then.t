# The first command behind SELECT with QRESYNC tells what came after that, as any
# other does.                                       RFC 7162 3.2.5, RFC 9051 7
APPEND alice INBOX
| Subject: one
|
APPEND alice INBOX
| Subject: two
|
PORT imaps
S* \* OK .*
LOGIN alice
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT INBOX
S* \* OK \[UIDVALIDITY (?P<validity>\d+)\] .*
S* \* OK \[HIGHESTMODSEQ (?P<high>\d+)\] .*
S* b1 OK .*
C: b2 STORE 2 +FLAGS.SILENT (\Flagged)
S* b2 OK .*
CONN a
C: a1 ENABLE QRESYNC
S* a1 OK .*
C: a2 SELECT INBOX (QRESYNC (${validity} ${high}))
S* \* 2 FETCH \(UID (?P<two>\d+) FLAGS \(\\Flagged.*\) MODSEQ \(\d+\)\)
S* a2 OK .*
CONN b
C: b3 STORE 1 +FLAGS.SILENT (\Deleted)
S* b3 OK .*
C: b4 EXPUNGE
S: * 1 EXPUNGE
S* b4 OK .*
C: b5 STORE 1 +FLAGS.SILENT (\Seen)
S* b5 OK .*
CONN a
C: a3 NOOP
S~ \* VANISHED \d+
S~ \* 1 FETCH \(UID ${two} FLAGS \(\\Seen \\Flagged.*\) MODSEQ \(\d+\)\)
S~ a3 OK .*
