# LHLO, and neither HELO nor EHLO; SMTP is another protocol.     RFC 2033 4.1
S~ 220 \S+ LMTP .*
C: MAIL FROM:<a@example.net>
S: 503 5.5.1 Send LHLO first
C: EHLO mx.front.test
S: 500 5.5.1 This is LMTP, which begins with LHLO
C: HELO mx.front.test
S: 500 5.5.1 This is LMTP, which begins with LHLO
C: HELP EHLO
S~ 504 5\.5\.4 .*
C: HELP
S~ 214-2\.0\.0 Commands: LHLO MAIL .*
S~ 214 .*
C: LHLO
S~ 501 5\.5\.4 .*
C: LHLO mx.front.test
S* 250 .*
C: AUTH PLAIN AAAA
S~ 500 5\.5\.2 .*
# PRDR is not needed here; reports are promised on behalf of who is in front.
C: MAIL FROM:<a@example.net> PRDR
S~ 555 5\.5\.4 .*
C: MAIL FROM:<a@example.net> RET=HDRS
S~ 250 .*
C: RSET
S~ 250 .*
# No relaying, whoever is in front.
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<b@example.net>
S~ 550 5\.7\.1 .*
# With no recipient DATA is 503.                                 RFC 2033 4.2
C: DATA
S~ 503 5\.5\.1 .*
C: QUIT
S~ 221 .*
CLOSED
CONN b
PORT smtp
S~ 220 \S+ ESMTP .*
C: LHLO mx.front.test
S: 500 5.5.1 This is SMTP, which begins with EHLO
