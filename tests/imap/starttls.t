# RFC 3501 6.2.1.
S~ \* OK .*
# No password in clear.                                            6.2.3
C: a1 LOGIN alice@example.test postern-demo
S~ a1 NO \[PRIVACYREQUIRED\] .*
C: a2 AUTHENTICATE PLAIN
S~ a2 NO \[PRIVACYREQUIRED\] .*
C: a3 STARTTLS now
S~ a3 BAD .*
C: a4 STARTTLS
S~ a4 OK .*
TLS
# The client asks again: what it knew came in clear.
C: a5 CAPABILITY
S~ \* CAPABILITY (?!.*(STARTTLS|LOGINDISABLED)).*
S~ a5 OK .*
C: a6 STARTTLS
S~ a6 BAD .*
LOGIN alice
C: a7 LIST "" INBOX
S* \* LIST .*
S~ a7 OK .*
