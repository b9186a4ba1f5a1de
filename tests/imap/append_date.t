# A day of one digit is fixed at two places (RFC 3501 9: date-day-fixed); phones
# leave its space out, and others have one where it is not needed.
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
RAW a5 APPEND INBOX "103-Feb-2025 18:28:47 +0000" {12+}\r\nSubject: x\r\n\r\n
S~ a5 BAD .*
