# The limits of 4.5.3.1: exactly there, and one octet more.
S* 220 .*
C: EHLO client.example.net
S* 250 .*
# A path of 256 octets with its brackets, then one of 260.
C: MAIL FROM:<\(a*60)@\(b*63).\(c*63).\(d*62).ee>
S~ 250 .*
C: RSET
S~ 250 .*
C: MAIL FROM:<\(a*64)@\(b*63).\(c*63).\(d*62).ee>
S~ 501 5\.1\.7 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<\(a*64)@example.test>
S~ 550 5\.1\.1 .*
C: RCPT TO:<\(a*65)@example.test>
S~ 501 5\.1\.3 .*
