# New keys: what was signed before is good for nothing.        RFC 4467 7
APPEND alice INBOX
| From: <a@example.net>
|
| text
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 CREATE Shown
S* a1 OK .*
C: a2 SELECT INBOX
S* a2 OK .*
C: a2b FETCH 1 UID
S~ \* 1 FETCH \(UID (?P<uid>\d+)\)
S~ a2b OK .*
C: a3 COPY 1 Shown
S* a3 OK .*
C: a4 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid}/;section=text;urlauth=anonymous" INTERNAL "imap://alice%40${domain}@mail.${domain}/Shown/;uid=1/;section=text;urlauth=anonymous" INTERNAL
S~ \* GENURLAUTH "(?P<one>[^"]*)" "(?P<two>[^"]*)"
S~ a4 OK .*
# Of one mailbox.
C: b1 RESETKEY inbox
S~ b1 OK \[URLMECH INTERNAL\] .*
C: b2 URLFETCH "${one}" "${two}"
S~ \* URLFETCH "${one}" NIL "${two}" \{6\}
S: text
S: 
S~ b2 OK .*
C: b3 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid}/;section=text;urlauth=anonymous" INTERNAL
S~ \* GENURLAUTH "(?!${one}")(?P<three>[^"]*)"
S~ b3 OK .*
C: b4 URLFETCH "${three}" "${one}"
S~ \* URLFETCH "${three}" \{6\}
S: text
S:  "${one}" NIL
S~ b4 OK .*
C: b5 RESETKEY INBOX INTERNAL internal
S~ b5 OK \[URLMECH INTERNAL\] .*
# Somebody else's keys are his own.
CONN bob
PORT imaps
S* \* OK .*
LOGIN bob
C: c1 RESETKEY
S~ c1 OK .*
C: c2 RESETKEY Shown
S~ c2 NO .*
C: c3 URLFETCH "${two}"
S~ \* URLFETCH "${two}" \{6\}
S: text
S: 
S~ c3 OK .*
# A mailbox of another name is another URL's; one of the name, another mailbox.
CONN a
C: d1 RENAME Shown Hidden
S* d1 OK .*
C: d2 URLFETCH "${two}"
S: * URLFETCH "${two}" NIL
S~ d2 OK .*
C: d3 CREATE Shown
S* d3 OK .*
C: d4 COPY 1 Shown
S* d4 OK .*
C: d5 URLFETCH "${two}"
S: * URLFETCH "${two}" NIL
S~ d5 OK .*
C: d6 DELETE Shown
S* d6 OK .*
C: d7 RENAME Hidden Shown
S* d7 OK .*
C: d8 URLFETCH "${two}"
S* text
S* d8 OK .*
# Of all.
C: e1 RESETKEY
S~ e1 OK .*
C: e2 URLFETCH "${two}" "${three}"
S: * URLFETCH "${two}" NIL "${three}" NIL
S~ e2 OK .*
C: e3 RESETKEY nowhere
S~ e3 NO .*
C: e4 RESETKEY INBOX X-OTHER
S~ e4 BAD .*
C: e5 RESETKEY ""
S~ e5 (NO|BAD) .*
C: e6 RESETKEY INBOX INTERNAL (x)
S~ e6 BAD .*
