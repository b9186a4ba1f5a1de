# What one person lets others read by a URL.                       RFC 4467
APPEND alice INBOX
| From: <a@example.net>
| Subject: secret
| To: <alice@example.test>
| MIME-Version: 1.0
| Content-Type: multipart/mixed; boundary=b
|
| --b
| Content-Type: text/plain
|
| Si vis pacem, para bellum.
| --b
| Content-Type: text/html
|
| <b>x</b>
| --b--
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CAPABILITY
S~ \* CAPABILITY (?=.* URLAUTH\b)(?=.* URL-PARTIAL\b).*
S~ a0 OK .*
C: a1 SELECT INBOX
S* \* OK \[UIDVALIDITY (?P<validity>\d+)\].*
S* \* OK \[URLMECH INTERNAL\] .*
S* a1 OK .*
C: a1b FETCH 1 UID
S~ \* 1 FETCH \(UID (?P<uid>\d+)\)
S~ a1b OK .*
# A mailbox of alice's, whoever asks for it, and a part of a message there. The
# URL is as it was sent, and what signs it is at least 128 bits.
C: a2 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid}/;section=1;urlauth=authuser" INTERNAL
S~ \* GENURLAUTH "(?P<one>imap://alice%40${domain}@mail\.${domain}/INBOX/;uid=${uid}/;section=1;urlauth=authuser:internal:[0-9a-f]{32,})"
S~ a2 OK .*
# The same again is the same.                                  RFC 4467 2.5
C: a3 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid}/;section=1;urlauth=authuser" internal
S: * GENURLAUTH "${one}"
S~ a3 OK .*
# Several at once; the host in any case, a port, and how to log in there.
C: a4 GENURLAUTH "imap://ALICE%40${domain};AUTH=*@MAIL.${domain}:1143/inbox;UIDVALIDITY=${validity}/;UID=${uid};EXPIRE=2099-01-01T00:00:00Z;URLAUTH=user+bob%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid}/;section=HEADER.FIELDS%20(SUBJECT)/;PARTIAL=9.6;urlauth=anonymous" INTERNAL
S~ \* GENURLAUTH "(?P<bobs>imap://ALICE[^"]*EXPIRE[^"]*)" "(?P<any>imap://alice[^"]*)"
S~ a4 OK .*
C: a5 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid}/;section=9;urlauth=authuser" INTERNAL "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=4294967295;urlauth=authuser" INTERNAL
S~ \* GENURLAUTH "(?P<nopart>[^"]*)" "(?P<nomessage>[^"]*)"
S~ a5 OK .*
C: a6 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid};expire=2020-01-01T00:00:00Z;urlauth=authuser" INTERNAL "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid};urlauth=user+nobody%40${domain}" INTERNAL "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid};urlauth=submit+bob%40${domain}" INTERNAL
S~ \* GENURLAUTH "(?P<old>[^"]*)" "(?P<nobodys>[^"]*)" "(?P<submit>[^"]*)"
S~ a6 OK .*
CONN bob
PORT imaps
S* \* OK .*
LOGIN bob
# No mailbox needs to be selected, nor be bob's; \Seen stays alice's.
C: b1 URLFETCH "${one}"
S: * URLFETCH "${one}" {26}
S: Si vis pacem, para bellum.
S~ b1 OK .*
C: b2 URLFETCH "${bobs}" "${any}"
S~ \* URLFETCH "${bobs}" \{\d+\}
S~ From: <a@example\.net>
S* <b>x</b>
S~ --b--
S~  "${any}" \{6\}
S: secret
S~ b2 OK .*
# Everything that is not to be had looks the same.           RFC 4467 7, 8
C: b3 URLFETCH "${nopart}" "${nomessage}" "${old}" "${nobodys}" "${submit}" "${one}00"
S: * URLFETCH "${nopart}" NIL "${nomessage}" NIL "${old}" NIL "${nobodys}" NIL "${submit}" NIL "${one}00" NIL
S~ b3 OK .*
C: b4 URLFETCH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid}/;section=1;urlauth=authuser:internal:0191354a473744909de610943775f9203891354a473744909de610943775f92038f" "imap://alice%40${domain}@mail.${domain}/nowhere/;uid=${uid};urlauth=authuser:internal:0191354a473744909de610943775f9203891354a473744909de610943775f92038f" "imap://nobody%40${domain}@mail.${domain}/INBOX/;uid=${uid};urlauth=authuser:internal:0191354a473744909de610943775f9203891354a473744909de610943775f92038f"
S~ \* URLFETCH "[^"]*" NIL "[^"]*" NIL "[^"]*" NIL
S~ b4 OK .*
# The token is for the URL as it is, octet by octet.           RFC 4467 6
C: b5 GENURLAUTH "imap://bob%40${domain}@mail.${domain}/INBOX/;uid=${uid};urlauth=authuser" INTERNAL
S~ \* GENURLAUTH "(?P<own>[^"]*:internal:(?P<token>[0-9a-f]*))"
S~ b5 OK .*
C: b6 URLFETCH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid};urlauth=authuser:internal:${token}" "imap://alice%40${domain}@mail.${domain}/INBOX/;UID=${uid}/;section=1;urlauth=authuser:internal:${token}"
S~ \* URLFETCH "[^"]*" NIL "[^"]*" NIL
S~ b6 OK .*
# What is no URL of a message of this server, with a permission in it, is none.
C: b7 URLFETCH "/INBOX/;UID=${uid}" "imap://alice%40${domain}@mail.${domain}/" "imap://alice%40${domain}@mail.${domain}/INBOX" "imap://alice%40${domain}@mail.${domain}/INBOX/;UID=${uid}" "imap://alice@elsewhere.test/INBOX/;UID=${uid};URLAUTH=anonymous:internal:${token}" "imap://alice%40${domain}@mail.${domain}/INBOX?ALL" x {4}
S~ \+ .*
C: a\r\nb
S~ \* URLFETCH( "[^"]*" NIL){7} \{4\}
S: a
S: b NIL
S~ b7 OK .*
C: b8 URLFETCH
S~ b8 BAD .*
# The rest of it works: the session is as it was.
C: b9 URLFETCH "${one}"
S* b9 OK .*
# Flags of hers have not changed.
CONN a
C: c1 FETCH 1 FLAGS
S~ \* 1 FETCH \(FLAGS \((?!.*Seen).*\)\)
S~ c1 OK .*
# Owners read their own by it, and nobody's `user+bob`.
C: c2 URLFETCH "${one}" "${bobs}"
S~ \* URLFETCH "${one}" \{26\}
S~ Si vis pacem, para bellum\. "${bobs}" NIL
S~ c2 OK .*
# One URL of somebody else's, in time to come too: nothing is told of who is
# here.                                                        RFC 4467 7
C: d1 GENURLAUTH "imap://bob%40${domain}@mail.${domain}/INBOX/;uid=${uid};urlauth=authuser" INTERNAL
S~ d1 BAD .*
C: d2 GENURLAUTH "imap://nobody@mail.${domain}/INBOX/;uid=${uid};urlauth=authuser" INTERNAL
S~ d2 BAD .*
C: d3 GENURLAUTH "imap://mail.${domain}/INBOX/;uid=${uid};urlauth=authuser" INTERNAL
S~ d3 BAD .*
C: d4 GENURLAUTH "imap://alice%40${domain}@elsewhere.test/INBOX/;uid=${uid};urlauth=authuser" INTERNAL
S~ d4 BAD .*
C: d5 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid}" INTERNAL
S~ d5 BAD .*
C: d6 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/nowhere/;uid=${uid};urlauth=authuser" INTERNAL
S~ d6 BAD .*
C: d7 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX;UIDVALIDITY=1/;uid=${uid};urlauth=authuser" INTERNAL
S~ d7 BAD .*
C: d8 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid};urlauth=authuser" X-OTHER
S~ d8 BAD .*
C: d9 GENURLAUTH "${one}" INTERNAL
S~ d9 BAD .*
C: d10 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX;urlauth=authuser" INTERNAL
S~ d10 BAD .*
C: d11 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid};urlauth=authuser" INTERNAL "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid};urlauth=nobody" INTERNAL
S~ d11 BAD .*
C: d12 GENURLAUTH "imap://alice%40${domain}@mail.${domain}/INBOX/;uid=${uid};urlauth=authuser"
S~ d12 BAD .*
# Whoever is expunged, or is in another mailbox, is nobody's to read.
CONN bob
C: e1 URLFETCH "${one}"
S* e1 OK .*
CONN a
C: e2 UID STORE ${uid} +FLAGS.SILENT (\\Deleted)
S~ e2 OK .*
C: e3 EXPUNGE
S* e3 OK .*
CONN bob
C: e4 URLFETCH "${one}"
S: * URLFETCH "${one}" NIL
S~ e4 OK .*
