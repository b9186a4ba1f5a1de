# COMPARATOR: how texts are compared.             RFC 5255 4, RFC 5051
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 10:00:00 +0000
| From: a_x@example.net
| Subject: Stra\xc3\x9fe
|
| caf\xc3\xa9
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 11:00:00 +0000
| From: azx@example.net
| Subject: strasse
|
| two  spaces CAF\xc3\x89
APPEND alice INBOX
| Date: Mon, 1 Feb 1999 12:00:00 +0000
| From: Axx@example.net
| Subject: \xce\xa3\xce\xaf\xce\xb3\xce\xbc\xce\xb1
|
| three
PORT imaps
S~ \* OK .*
C: a0 COMPARATOR
S~ a0 BAD .*
LOGIN alice
C: a1 CAPABILITY
S~ \* CAPABILITY .*\bI18NLEVEL=2\b.*
S~ a1 OK .*
C: a2 SELECT INBOX
S* a2 OK .*
C: a3 COMPARATOR
S: * COMPARATOR vnd-postern;casefold
S~ a3 OK .*
# What it begins with: full case folding, white space is one space.
C: b1 SEARCH SUBJECT STRASSE
S: * SEARCH 1 2
S~ b1 OK .*
C: b2 SEARCH BODY "two spaces"
S: * SEARCH 2
S~ b2 OK .*
C: b3 SEARCH BODY cafe
S: * SEARCH
S~ b3 OK .*
C: b4 SORT (FROM) UTF-8 ALL
S: * SORT 1 3 2
S~ b4 OK .*
C: b5 THREAD ORDEREDSUBJECT UTF-8 ALL
S: * THREAD (1 2)(3)
S~ b5 OK .*
# i;unicode-casemap: titlecase, decomposed.
C: c1 COMPARATOR i;unicode-casemap
S: * COMPARATOR i;unicode-casemap
S~ c1 OK .*
C: c2 SEARCH SUBJECT STRASSE
S: * SEARCH 2
S~ c2 OK .*
C: c3 SEARCH SUBJECT "STRA\xc3\x9fE"
S: * SEARCH 1
S~ c3 OK .*
C: c4 SEARCH BODY cafe
S: * SEARCH 1 2
S~ c4 OK .*
C: c5 SEARCH TEXT "cafe\xcc\x81"
S: * SEARCH 1 2
S~ c5 OK .*
C: c6 SEARCH BODY "two spaces"
S: * SEARCH
S~ c6 OK .*
C: c7 SEARCH OR HEADER Subject "\xcf\x83\xce\xaf\xce\xb3" TEXT "TWO  SPACES"
S: * SEARCH 2 3
S~ c7 OK .*
C: c8 SORT (FROM) UTF-8 ALL
S: * SORT 3 2 1
S~ c8 OK .*
C: c9 THREAD ORDEREDSUBJECT UTF-8 ALL
S: * THREAD (1)(2)(3)
S~ c9 OK .*
C: c10 ESEARCH IN (mailboxes INBOX) RETURN (COUNT) SUBJECT STRASSE
S~ \* ESEARCH .* COUNT 1
S~ c10 OK .*
# i;ascii-casemap; "-" turns the order of texts round, and of nothing else.
C: d1 COMPARATOR -I;ASCII-CASEMAP
S: * COMPARATOR -i;ascii-casemap
S~ d1 OK .*
C: d2 COMPARATOR
S: * COMPARATOR -i;ascii-casemap
S~ d2 OK .*
C: d3 SEARCH BODY "caf\xc3\xa9"
S: * SEARCH 1
S~ d3 OK .*
C: d4 SEARCH BODY CAF
S: * SEARCH 1 2
S~ d4 OK .*
C: d5 SORT (FROM) UTF-8 ALL
S: * SORT 1 2 3
S~ d5 OK .*
C: d6 SORT (REVERSE FROM) UTF-8 ALL
S: * SORT 3 2 1
S~ d6 OK .*
C: d7 SORT (REVERSE DATE) UTF-8 ALL
S: * SORT 3 2 1
S~ d7 OK .*
# The first argument that means one wins; all that are meant are listed.
C: e1 COMPARATOR "cz;*" "i;asc*" default
S: * COMPARATOR i;ascii-casemap (i;ascii-casemap vnd-postern;casefold)
S~ e1 OK .*
C: e2 COMPARATOR "*"
S: * COMPARATOR i;unicode-casemap (i;unicode-casemap i;ascii-casemap vnd-postern;casefold)
S~ e2 OK .*
C: e3 COMPARATOR +default
S: * COMPARATOR vnd-postern;casefold
S~ e3 OK .*
C: e4 COMPARATOR i;unicode-casemap
S: * COMPARATOR i;unicode-casemap
S~ e4 OK .*
# What is none changes nothing.
C: f1 COMPARATOR i;basic "cz;*"
S~ f1 NO \[BADCOMPARATOR\] .*
C: f2 COMPARATOR i;octet
S~ f2 NO \[BADCOMPARATOR\] .*
C: f3 COMPARATOR "a**"
S~ f3 BAD .*
C: f4 COMPARATOR i;ascii-casemap ";a"
S~ f4 BAD .*
C: f5 COMPARATOR ""
S~ f5 BAD .*
C: f6 COMPARATOR \(x*255)
S~ f6 BAD .*
C: f7 COMPARATOR\( x*33)
S~ f7 NO \[LIMIT\] .*
C: f8 COMPARATOR
S: * COMPARATOR i;unicode-casemap
S~ f8 OK .*
# A search that is kept up to date keeps to what it began with.
C: g1 UID SEARCH RETURN (UPDATE COUNT) SUBJECT STRASSE
S~ \* ESEARCH .* COUNT 1
S~ g1 OK .*
C: g2 COMPARATOR default
S: * COMPARATOR vnd-postern;casefold
S~ g2 OK .*
C: g3 STORE 1 +FLAGS.SILENT (\\Flagged)
S~ g3 OK .*
# Whoever logs in next begins anew.
C: h1 COMPARATOR i;ascii-casemap
S: * COMPARATOR i;ascii-casemap
S~ h1 OK .*
C: h2 UNAUTHENTICATE
S~ h2 OK .*
LOGIN bob
C: h3 COMPARATOR
S: * COMPARATOR vnd-postern;casefold
S~ h3 OK .*
