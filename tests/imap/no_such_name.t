# A name that is not modified UTF-7 is an argument like others: there is no such
# mailbox.                                                     RFC 3501 5.1.3
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT "a&b"
S~ a1 NO \[NONEXISTENT\] .*
C: a2 STATUS "Entw\xc3\xbcrfe" (MESSAGES)
S~ a2 NO \[NONEXISTENT\] .*
C: a3 EXAMINE a&AAo-
S~ a3 NO \[NONEXISTENT\] .*
C: a4 STATUS \(x*1001) (MESSAGES)
S~ a4 NO \[NONEXISTENT\] .*
C: a5 LIST "" &A*
S~ a5 OK .*
C: a6 LIST "a&b" *
S~ a6 OK .*
C: a7 LSUB "" "Entw\xc3\xbc%"
S~ a7 OK .*
C: b1 STATUS "Entw\xfcrfe" (MESSAGES)
S~ b1 NO \[NONEXISTENT\] .*
C: b2 SELECT Entw\xc3\xbcrfe
S~ b2 NO \[NONEXISTENT\] .*
C: b3 LIST "" Entw\xfc*
S~ b3 OK .*
# None that could be created either.
C: b4 CREATE Entw\xfcrfe
S~ b4 NO \[CANNOT\] .*
C: a8 APPEND a&b {3}
S~ a8 NO \[CANNOT\] .*
RAW a9 APPEND a&b {3+}\r\nabc\r\n
S~ a9 NO \[CANNOT\] .*
C: a10 NOOP
S~ a10 OK .*
# Composed (NFC) a name may be longer than it was sent, and too long.
CONN long
PORT imaps
S* \* OK .*
LOGIN alice
C: c1 ENABLE UTF8=ACCEPT
S* c1 OK .*
C: c2 STATUS "\(\xe0\xa5\x98*333)" (MESSAGES)
S~ c2 NO \[NONEXISTENT\] .*
C: c3 APPEND INBOX CATENATE (URL "/\(%e0%a5%98*333)/;UID=1")
S~ c3 NO \[BADURL .*
C: c4 URLFETCH "imap://alice%40${domain}@mail.${domain}/\(%e0%a5%98*333)/;UID=1;URLAUTH=anonymous:internal:\(0*66)" "imap://\(a*321)@mail.${domain}/INBOX/;UID=1;URLAUTH=anonymous:internal:\(0*66)" "imap://alice%40${domain}@mail.${domain}/INBOX/;UID=1;URLAUTH=user+\(a*321):internal:\(0*66)"
S~ \* URLFETCH \{\d+\}
S~ imap.* NIL "imap[^"]*" NIL "imap[^"]*" NIL
S~ c4 OK .*
C: c5 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/\(%e0%a5%98*333)/;UID=1;URLAUTH=anonymous" INTERNAL
S~ c5 BAD .*
C: c6 GENURLAUTH "imap://\(a*321)@mail.${domain}/INBOX/;UID=1;URLAUTH=anonymous" INTERNAL
S~ c6 BAD .*
