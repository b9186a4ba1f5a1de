# FUZZY, and how well it found what it did.                       RFC 6203
APPEND alice INBOX
| From: Bea Baker <bea@example.net>
| Subject: the harbour lantern
|
| plain words
APPEND alice INBOX
| From: carl@example.net
| Subject: lanterns of harbours
|
| the harbour
APPEND alice INBOX (\Flagged)
| From: dan@example.net
| Subject: nothing
|
| a lantern at the habour
APPEND alice INBOX
| From: erin@example.net
| Subject: harbour
|
| unlit
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY .*\bSEARCH=FUZZY\b.*
S~ a0 OK .*
C: a1 SELECT INBOX
S* a1 OK .*
# All words, in any order, also as beginnings and with a letter wrong.
C: b1 SEARCH SUBJECT "lantern harbour"
S: * SEARCH
S~ b1 OK .*
C: b2 SEARCH FUZZY SUBJECT "lantern harbour"
S: * SEARCH 1 2
S~ b2 OK .*
C: b3 SEARCH FUZZY TEXT "lantern harbour"
S: * SEARCH 1 2 3
S~ b3 OK .*
C: b4 SEARCH FUZZY BODY harbour
S: * SEARCH 2 3
S~ b4 OK .*
C: b5 SEARCH FUZZY SUBJECT hrabour
S: * SEARCH 1 4
S~ b5 OK .*
C: b6 SEARCH FUZZY FROM "baker be"
S: * SEARCH 1
S~ b6 OK .*
C: b7 SEARCH FUZZY HEADER Subject arbour
S: * SEARCH 1 4
S~ b7 OK .*
C: b8 SEARCH FUZZY SUBJECT bour
S: * SEARCH
S~ b8 OK .*
C: b9 SEARCH NOT FUZZY TEXT harbour
S: * SEARCH
S~ b9 OK .*
C: b10 SEARCH NOT FUZZY SUBJECT harbour UNFLAGGED
S: * SEARCH
S~ b10 OK .*
# Other keys are what they are, and so is a text without words.
C: c1 SEARCH FUZZY FLAGGED
S: * SEARCH 3
S~ c1 OK .*
C: c2 SEARCH FUZZY (FLAGGED TEXT lantern)
S: * SEARCH 3
S~ c2 OK .*
C: c3 SEARCH FUZZY SUBJECT "--"
S: * SEARCH
S~ c3 OK .*
C: c4 SEARCH FUZZY SUBJECT ""
S: * SEARCH 1 2 3 4
S~ c4 OK .*
C: c5 SEARCH FUZZY SUBJECT harbour SUBJECT lantern
S: * SEARCH 1 2
S~ c5 OK .*
C: c6 SEARCH OR FUZZY SUBJECT lantern FUZZY FLAGGED
S: * SEARCH 1 2 3
S~ c6 OK .*
# How well: of words as they are 100, of beginnings 70, of what is near 40.
C: d1 SEARCH RETURN (RELEVANCY ALL) FUZZY SUBJECT "lantern harbour"
S: * ESEARCH (TAG "d1") ALL 1:2 RELEVANCY (100 70)
S~ d1 OK .*
C: d2 UID SEARCH RETURN (RELEVANCY COUNT) FUZZY TEXT "harbour lantern"
S: * ESEARCH (TAG "d2") UID COUNT 3 RELEVANCY (100 72 52)
S~ d2 OK .*
C: d3 SEARCH RETURN (RELEVANCY ALL) OR FUZZY SUBJECT hrabour FLAGGED
S: * ESEARCH (TAG "d3") ALL 1,3:4 RELEVANCY (40 100 40)
S~ d3 OK .*
C: d4 SEARCH RETURN (RELEVANCY PARTIAL 2:5) FUZZY TEXT "harbour lantern"
S: * ESEARCH (TAG "d4") PARTIAL (2:5 2:3) RELEVANCY (72 52)
S~ d4 OK .*
C: d5 SEARCH RETURN (RELEVANCY) FUZZY SUBJECT nowhere
S: * ESEARCH (TAG "d5") RELEVANCY ()
S~ d5 OK .*
C: d6 SEARCH RETURN (SAVE RELEVANCY MIN) FUZZY SUBJECT lantern
S: * ESEARCH (TAG "d6") MIN 1 RELEVANCY (100 70)
S~ d6 OK .*
C: d7 SEARCH $
S: * SEARCH 1
S~ d7 OK .*
C: d8 ESEARCH IN (mailboxes INBOX) RETURN (ALL RELEVANCY) FUZZY SUBJECT lantern
S~ \* ESEARCH \(TAG "d8" .* UID ALL \d+:\d+ RELEVANCY \(100 70\)
S~ d8 OK .*
# Without a text everything is as good as it can be.
C: d9 SEARCH RETURN (RELEVANCY ALL) FUZZY FLAGGED
S: * ESEARCH (TAG "d9") ALL 3 RELEVANCY (100)
S~ d9 OK .*
C: d10 SORT RETURN (RELEVANCY ALL) (RELEVANCY) UTF-8 FUZZY (ALL NOT SUBJECT "--")
S: * ESEARCH (TAG "d10") ALL 1:4 RELEVANCY (100 100 100 100)
S~ d10 OK .*
# The best first.
C: e1 SORT (RELEVANCY) UTF-8 FUZZY TEXT "habour"
S: * SORT 3 1 4 2
S~ e1 OK .*
C: e2 SORT RETURN (RELEVANCY ALL) (RELEVANCY) UTF-8 FUZZY TEXT habour
S: * ESEARCH (TAG "e2") ALL 3,1,4,2 RELEVANCY (75 40 40 30)
S~ e2 OK .*
C: e3 SORT RETURN (RELEVANCY ALL) (REVERSE RELEVANCY SUBJECT) UTF-8 FUZZY TEXT habour
S: * ESEARCH (TAG "e3") ALL 2,4,1,3 RELEVANCY (30 40 40 75)
S~ e3 OK .*
C: e4 SORT RETURN (RELEVANCY ALL) (ARRIVAL) UTF-8 FUZZY SUBJECT lantern
S: * ESEARCH (TAG "e4") ALL 1:2 RELEVANCY (100 70)
S~ e4 OK .*
# Without FUZZY nothing has a score.
C: f1 SEARCH RETURN (RELEVANCY) SUBJECT lantern
S~ f1 BAD .*
C: f2 SORT (RELEVANCY) UTF-8 SUBJECT lantern
S~ f2 BAD .*
C: f3 SORT RETURN (RELEVANCY) (ARRIVAL) UTF-8 ALL
S~ f3 BAD .*
C: f4 SEARCH FUZZY
S~ f4 BAD .*
C: f5 SEARCH\( FUZZY TEXT a*17)
S~ f5 NO \[LIMIT\] .*
C: f6 SEARCH\( FUZZY TEXT nowhere*16)
S: * SEARCH
S~ f6 OK .*
# By another comparator its words are compared as that has them.
C: g1 COMPARATOR i;unicode-casemap
S* g1 OK .*
C: g2 SEARCH FUZZY TEXT "LANTERN habor"
S: * SEARCH 3
S~ g2 OK .*
# A filter in it is fuzzy, and a search of it can be kept up to date.
C: h1 SETMETADATA "" (/private/filters/values/light "SUBJECT latern")
S~ h1 OK .*
C: h2 SEARCH FUZZY FILTER light
S: * SEARCH 1
S~ h2 OK .*
C: h3 SEARCH RETURN (UPDATE RELEVANCY) FUZZY TEXT harbour UNSEEN
S: * ESEARCH (TAG "h3") RELEVANCY (100 75 30 100)
S~ h3 OK .*
C: h4 STORE 2 +FLAGS.SILENT (\Seen)
S: * ESEARCH (TAG "h3") REMOVEFROM (0 2)
S~ h4 OK .*
