# A day of one digit is fixed at two places (RFC 3501 9: date-day-fixed); phones
# leave its space out, and others have one where it is not needed. What else
# Dovecot takes is taken: zones by name, a day that does not exist.
PORT imaps
S* \* OK .*
LOGIN alice
RAW a1 APPEND INBOX "3-Feb-2025 18:28:47 +0000" {12+}\r\nSubject: x\r\n\r\n
S~ a1 OK .*
RAW a2 APPEND INBOX () " 17-Jul-1996 02:44:25 -0700" {12+}\r\nSubject: x\r\n\r\n
S~ a2 OK .*
C: a3 SELECT INBOX
S* a3 OK .*
C: a4 FETCH 1:2 INTERNALDATE
S: * 1 FETCH (INTERNALDATE " 3-Feb-2025 18:28:47 +0000")
S: * 2 FETCH (INTERNALDATE "17-Jul-1996 02:44:25 -0700")
S~ a4 OK .*
RAW a6 APPEND INBOX "03-Feb-2025 18:28:47 GMT" {12+}\r\nSubject: x\r\n\r\n
S* a6 OK .*
RAW a7 APPEND INBOX "31-Feb-2025 24:00:00 +00:00" {12+}\r\nSubject: x\r\n\r\n
S* a7 OK .*
C: a8 FETCH 3:4 INTERNALDATE
S* \* 3 FETCH \(INTERNALDATE " 3-Feb-2025 18:28:47 \+0000"\)
S: * 4 FETCH (INTERNALDATE " 4-Mar-2025 00:00:00 +0000")
S~ a8 OK .*
RAW a5 APPEND INBOX "103-Feb-2025 18:28:47 +0000" {12+}\r\nSubject: x\r\n\r\n
S~ a5 BAD .*
