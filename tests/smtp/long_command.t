# 4.5.3.1.4 asks for 512 octets; more is fine up to a limit; far too much is
# refused whole, and the next line is a command again.
S* 220 .*
C: NOOP \(x*505)
S~ 250 .*
C: NOOP \(x*20000)
S~ 500 5\.5\.2 .*
C: \(x*200000)
S~ 500 5\.5\.2 .*
C: NOOP
S~ 250 .*
