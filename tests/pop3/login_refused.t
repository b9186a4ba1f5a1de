# Five refused logins end a session.
PORT pop3s
S~ \+OK .*
C: AUTH PLAIN AGEAYg==
S~ -ERR \[AUTH\] .*
C: AUTH PLAIN AGEAYg==
S~ -ERR \[AUTH\] .*
C: AUTH PLAIN AGEAYg==
S~ -ERR \[AUTH\] .*
C: AUTH PLAIN AGEAYg==
S~ -ERR \[AUTH\] .*
C: AUTH PLAIN AGEAYg==
S~ -ERR \[AUTH\] .*
CLOSED
