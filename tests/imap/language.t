# LANGUAGE.                                                      RFC 5255 3.2
PORT imaps
S* \* OK (?=.* LANGUAGE\b).*
C: a1 LANGUAGE
S: * LANGUAGE (en i-default)
S~ a1 OK .*
C: a2 LANGUAGE MUL
S~ a2 NO .*
C: a3 LANGUAGE fr-CA "EN-ca"
S: * LANGUAGE (en)
S~ a3 OK .*
C: a4 LANGUAGE default
S: * LANGUAGE (i-default)
S~ a4 OK .*
C: a5 LANGUAGE en*
S~ a5 BAD .*
LOGIN alice
C: a6 LANGUAGE en
S: * LANGUAGE (en)
S~ a6 OK .*
C: a7 LANGUAGE\( x*33)
S~ a7 NO \[LIMIT\] .*
