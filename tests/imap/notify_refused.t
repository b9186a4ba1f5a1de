# What NOTIFY does not take.                                RFC 5465 5, 6.1, 8
PORT imaps
S* \* OK .*
C: a0 NOTIFY NONE
S~ a0 BAD .*
LOGIN alice
# Events of messages come together.
C: a1 NOTIFY SET (personal (FlagChange))
S~ a1 BAD .*
C: a2 NOTIFY SET (personal (MessageNew))
S~ a2 BAD .*
C: a3 NOTIFY SET (personal (MessageExpunge FlagChange))
S~ a3 BAD .*
C: a4 NOTIFY SET (personal (AnnotationChange))
S~ a4 BAD .*
# What is selected is named once, and with events of messages only.
C: a5 NOTIFY SET (selected NONE) (selected-delayed NONE)
S~ a5 BAD .*
C: a6 NOTIFY SET (selected (MailboxName))
S~ a6 BAD .*
# What to fetch is said of what is selected.
C: a61 NOTIFY SET (selected (MessageNew MessageExpunge MailboxMetadataChange))
S~ a61 BAD .*
C: a7 NOTIFY SET (personal (MessageNew (uid) MessageExpunge))
S~ a7 BAD .*
C: a8 NOTIFY SET (selected (MessageNew (nonsense) MessageExpunge))
S~ a8 BAD .*
C: a9 NOTIFY SET (selected (MessageNew (uid) MessageNew (uid) MessageExpunge))
S~ a9 BAD .*
# Events that there are elsewhere, or nowhere.
C: b1 NOTIFY SET (personal (MessageNew MessageExpunge AnnotationChange))
S~ b1 NO \[BADEVENT \(MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange\)\] .*
C: b2 NOTIFY SET (personal (MailboxName WeatherChange))
S~ b2 NO \[BADEVENT \(.*\)\] .*
C: b3 NOTIFY SET (selected (MessageNew MessageExpunge WeatherChange))
S~ b3 NO \[BADEVENT \(.*\)\] .*
# Syntax.
C: c1 NOTIFY
S~ c1 BAD .*
C: c2 NOTIFY SET
S~ c2 BAD .*
C: c3 NOTIFY SET STATUS
S~ c3 BAD .*
C: c4 NOTIFY SET (everything NONE)
S~ c4 BAD .*
C: c5 NOTIFY SET (personal ())
S~ c5 BAD .*
C: c6 NOTIFY SET (personal (MailboxName)
S~ c6 BAD .*
C: c7 NOTIFY NONE (personal NONE)
S~ c7 BAD .*
C: c8 NOTIFY SET (subtree (MailboxName))
S~ c8 BAD .*
C: c9 NOTIFY SET (subtree () (MailboxName))
S~ c9 BAD .*
# More than is taken.
C: d1 NOTIFY SET \((personal NONE) *32)(personal NONE)
S~ d1 NO \[LIMIT\] .*
C: d2 NOTIFY SET (mailboxes (\(x *256)x) NONE)
S~ d2 NO \[LIMIT\] .*
C: d3 NOTIFY SET (mailboxes (x \(x*1000) \(y*1000) \(x*1000) \(y*1000) \(x*1000) \(y*1000) \(x*1000) \(y*1000)) NONE)
S~ d3 OK .*
# What is refused changes nothing; names that there cannot be are ignored.
C: e1 NOTIFY SET (mailboxes (INBOX "a//b" "") (MessageNew MessageExpunge))
S~ e1 OK .*
C: e2 NOTIFY SET (personal (FlagChange))
S~ e2 BAD .*
MAIL alice one
S~ \* STATUS INBOX \(MESSAGES 1 UIDNEXT \d+\)
