# What refuses one message refuses all of them.                     RFC 3502
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 STATUS INBOX (UIDNEXT)
S~ \* STATUS INBOX \(UIDNEXT (?P<next>\d+)\)
S~ a0 OK .*
# An empty one cancels.
C: a1 APPEND INBOX {3}
S~ \+ .*
C: abc {0}
S~ a1 NO .*
C: a2 APPEND INBOX {3+}
C: abc {0+}
C:  {3+}
C: def
S~ a2 NO .*
# No message, no flags, no date; what comes without waiting is no command.
C: b1 APPEND INBOX {3+}
C: abc nonsense
S~ b1 BAD .*
C: b2 APPEND INBOX {3+}
C: abc (\Guess {13+}
C: x1 LOGOUT\r\n\r\n
S~ b2 BAD .*
C: b3 APPEND INBOX {3+}
C: abc "yesterday" {3}
S~ b3 BAD .*
C: b4 APPEND INBOX {3+}
C: abc {3+}
C: a\0b {3+}
C: def
S~ b4 BAD .*
# Larger than one may be: before it is sent.                        RFC 7889 4
C: c1 APPEND INBOX {3+}
C: abc {4000000000}
S~ c1 NO \[TOOBIG\] .*
# RFC 3516 4.4: a NUL, in one of them.
C: c2 APPEND INBOX {3}
S~ \+ .*
C: abc ~{3}
S~ \+ .*
C: a\0b
S~ c2 NO \[UNKNOWN-CTE\] .*
# Where there is no such mailbox nothing is waited for.
C: d1 APPEND nothing {3}
S~ d1 NO \[TRYCREATE\] .*
C: d2 APPEND nothing {3+}
C: abc {13+}
C: x2 LOGOUT\r\n\r\n
S~ d2 NO \[TRYCREATE\] .*
# Too long a line, and too many keywords.
C: e1 APPEND INBOX {3+}
C: abc (\(k*70000)) {3+}
C: def
S~ e1 BAD .*
C: e2 APPEND INBOX {3+}
C: abc (k1 k2 k3 k4 k5 k6 k7 k8 k9 k10 k11 k12 k13 k14 k15 k16 k17 k18 k19 k20 k21 k22 k23 k24 k25 k26 k27 k28 k29 k30 k31 k32 k33 k34 k35 k36 k37 k38 k39 k40 k41 k42 k43 k44 k45 k46 k47 k48 k49 k50 k51 k52 k53 k54 k55 k56 k57 k58 k59 k60 k61 k62 k63 k64 k65) {3+}
C: def
S~ e2 NO \[LIMIT\] .*
# More of them than may be.
C: f1 APPEND INBOX {3+}\r\nabc\( {3+}\r\ndef*10000)
S~ f1 NO \[MESSAGELIMIT 10000\] .*
NONE (x1|x2|\*) .*
# Nothing of all that is there.
C: g1 STATUS INBOX (MESSAGES UIDNEXT SIZE)
S~ \* STATUS INBOX \(MESSAGES 0 UIDNEXT ${next} SIZE 0\)
S~ g1 OK .*
# Nothing is to be seen before all of them have come.
CONN b
S* \* OK .*
LOGIN alice
C: h1 APPEND INBOX {300000+}
RAW \(x*300000)
C:  {300000+}
RAW \(y*100000)
CONN a
C: g2 STATUS INBOX (MESSAGES UIDNEXT SIZE)
S~ \* STATUS INBOX \(MESSAGES 0 UIDNEXT ${next} SIZE 0\)
S~ g2 OK .*
