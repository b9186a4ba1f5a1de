# RFC 3501 6.3.9.
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 LSUB "" "*"
S* \* LSUB \(.*\) "/" "?INBOX"?
S* a1 OK .*
C: a2 LSUB "" nothing
S~ a2 OK .*
C: a3 LSUB ""
S~ a3 BAD .*
