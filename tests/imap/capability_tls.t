# Inside TLS: a login, no STARTTLS.
PORT imaps
S~ \* OK .*
C: a1 CAPABILITY
S~ \* CAPABILITY (?=.*\bIMAP4rev1\b)(?=.*\bAUTH=PLAIN\b)(?=.*\bAUTH=SCRAM-SHA-256 )(?=.*\bAUTH=SCRAM-SHA-1 )(?=.*\bIDLE\b)(?!.*(STARTTLS|LOGINDISABLED)).*
S~ a1 OK .*
C: a2 STARTTLS
S~ a2 BAD .*
