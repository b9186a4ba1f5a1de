# The answer names us first, then the peer and its address.  RFC 5321 4.1.1.1
S~ 220 (?P<host>\S+) .*
C: EHLO client.example.net
S~ 250-${host} .*client\.example\.net.*127\.0\.0\.1.*
S{
S~ 250[- ]PIPELINING
S~ 250[- ]8BITMIME
S~ 250[- ]BINARYMIME
S~ 250[- ]ENHANCEDSTATUSCODES
S~ 250[- ]SMTPUTF8
S~ 250[- ]SIZE [1-9][0-9]*
S~ 250[- ]STARTTLS
S~ 250[- ]LIMITS RCPTMAX=[1-9][0-9]*
S~ 250[- ]DSN
S~ 250[- ]MT-PRIORITY
S~ 250[- ]PRDR
S~ 250[- ]DELIVERBY [1-9][0-9]*
S~ 250[- ]NO-SOLICITING
S~ 250[- ]RRVS
S~ 250[- ]CHUNKING
S~ 250[- ]HELP
}
# The world cannot log in, and nobody can in clear.
NONE 250.AUTH.*
# Any case, spaces behind, literals, and again: each begins afresh.
C: eHlO [127.0.0.1]  
S* 250 .*
C: EHLO [IPv6:2001:db8::1]
S* 250 .*
C: EHLO under_score.example.net
S* 250 .*
C: EHLO
S~ 501 .*
# What is no name at all is no reason to refuse mail.             4.1.4
C: EHLO two words
S* 250 .*
C: EHLO localhost.(none)
S* 250 .*
C: EHLO [fe80::1%eth0]
S* 250 .*
C: EHLO b\xc3\xbcro.example.net
S* 250 .*
C: EHLO \xd0\x9f\xd0\x9a
S* 250 .*
C: EHLO latin1-\xfc
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
# A refused EHLO leaves what was said before.                       4.1.4
C: EHLO
S~ 501 .*
# An accepted one ends the transaction.
C: EHLO client.example.net
S* 250 .*
C: RCPT TO:<alice@example.test>
S~ 503 .*
