# MAIL FROM.                                              RFC 5321 4.1.1.2
S* 220 .*
C: MAIL FROM:<a@example.net>
S~ 503 5\.5\.1 .*
C: EHLO client.example.net
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 2\.1\.0 .*
# Never two at once.                                       4.1.4
C: MAIL FROM:<b@example.net>
S~ 503 5\.5\.1 .*
C: RSET
S~ 250 .*
# The null reverse-path of a notice.                       4.5.5
C: MAIL FROM:<>
S~ 250 .*
C: RSET
S~ 250 .*
# Any case; one space after the colon is a habit of many.
C: mail from: <A@Example.NET>
S~ 250 .*
C: RSET
S~ 250 .*
# Quoted, source route (dropped), literal domain.
C: MAIL FROM:<"a b"@example.net>
S~ 250 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<@relay.example:a@example.net>
S~ 250 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<a@[192.0.2.1]>
S~ 250 .*
C: RSET
S~ 250 .*
# Parameters.                                    RFC 1870, 6152, 4954
C: MAIL FROM:<a@example.net> SIZE=1000 BODY=8BITMIME
S~ 250 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<a@example.net> body=7bit size=0
S~ 250 .*
C: RSET
S~ 250 .*
C: QUIT
S~ 221 .*
CLOSED
