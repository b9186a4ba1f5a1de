# To be there by some time.                                            RFC 2852
CLEAR bob
S~ 220 .*
C: EHLO client.example.net
S* 250-DELIVERBY 30
S* 250 .*
# by-time ";" by-mode [by-trace], once.                                       4
C: MAIL FROM:<a@example.net> BY
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> BY=120
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> BY=;R
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> BY=120;X
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> BY=120;RN
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> BY=120;T
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> BY=1000000000;N
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> BY=120;R BY=120;R
S~ 501 5\.5\.4 .*
# What comes back has a time that has not passed.                             4
C: MAIL FROM:<a@example.net> BY=0;R
S~ 501 5\.5\.4 .*
C: MAIL FROM:<a@example.net> BY=-5;R
S~ 501 5\.5\.4 .*
# And not less than was told.                                                 3
C: MAIL FROM:<a@example.net> BY=29;R
S~ 555 5\.5\.4 .*
# It is not of RCPT.
C: MAIL FROM:<a@example.net> BY=+30;rt
S~ 250 2\.1\.0 .*
C: RCPT TO:<bob@example.test> BY=120;R
S~ 555 5\.5\.4 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<a@example.net> by=-999999999;nT
S~ 250 2\.1\.0 .*
C: RCPT TO:<bob@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
C: Subject: late
C: 
C: Hello
C: .
S~ 250 2\.0\.0 .*
# It does not leave only when it should be there.               RFC 4865 5.2.2
CONN person
PORT submissions
S~ 220 .*
C: EHLO client.example.net
S* 250-DELIVERBY 30
S* 250 .*
LOGIN alice
C: MAIL FROM:<alice@example.test> BY=120;R HOLDFOR=120
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDUNTIL=2099-01-01T00:00:00Z BY=120;N
S~ 501 5\.5\.4 .*
C: MAIL FROM:<alice@example.test> HOLDFOR=60 BY=120;N
S~ 250 2\.1\.0 .*
C: QUIT
S~ 221 .*
