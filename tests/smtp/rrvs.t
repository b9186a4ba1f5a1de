# For whoever had the address then: whose it always was it is. RFC 7293
# tests/test_rrvs.py has addresses that change hands.
S~ 220 .*
C: EHLO client.example.net
S* 250[- ]RRVS
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test> RRVS=2014-04-03T23:01:00Z
S~ 250 .*
C: RCPT TO:<bob@example.test> RRVS=2014-04-04T01:01:00+02:00;C
S~ 250 .*
C: RCPT TO:<bob@example.test> rrvs=1970-01-01T00:00:00Z;r
S~ 250 .*
C: RCPT TO:<nobody@example.test> RRVS=2014-04-03T23:01:00Z
S~ 550 5\.1\.1 .*
C: RCPT TO:<bob@example.test> RRVS=2014-04-03T23:01:00.5Z
S~ 501 5\.5\.4 .*
C: RCPT TO:<bob@example.test> RRVS=2014-04-03T23:01:00Z;X
S~ 501 5\.5\.4 .*
C: RCPT TO:<bob@example.test> RRVS
S~ 501 5\.5\.4 .*
C: RCPT TO:<bob@example.test> RRVS=2014-04-03
S~ 501 5\.5\.4 .*
C: DATA
S~ 354 .*
C: From: a@example.net
C: Require-Recipient-Valid-Since: alice@example.test;
C:  Sat, 1 Jun 2013 09:23:01 -0700
C:
C: text
C: .
S~ 250 .*
