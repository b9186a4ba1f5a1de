# Whoever guesses is sent away.                          RFC 5321 4.3.2, 7.8
S* 220 .*
PIPE
C: X01
C: X02
C: X03
C: X04
C: X05
C: X06
C: X07
C: X08
C: X09
C: X10
C: X11
C: X12
C: X13
C: X14
C: X15
C: X16
C: X17
C: X18
C: X19
C: X20
S* 421 4\.7\.0 .*
CLOSED
