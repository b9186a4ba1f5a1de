# UPDATE with what to fetch of messages that come.            RFC 5465 7
PORT imaps
S* \* OK .*
LOGIN alice
C: a0 CREATE context
S~ a0 OK .*
C: a1 SELECT context
S* a1 OK .*
C: a2 SEARCH RETURN (UPDATE (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)]) COUNT) SUBJECT boss
S: * ESEARCH (TAG "a2") COUNT 0
S~ a2 OK .*
C: a3 NOTIFY SET (selected (MessageNew (flags) MessageExpunge FlagChange))
S~ a3 OK .*
APPEND alice context
| Subject: nobody
|
S: * 1 EXISTS
S: * 1 RECENT
S: * 1 FETCH (UID 1 FLAGS (\Recent))
APPEND alice context
| Subject: the boss
|
S: * 2 EXISTS
S: * 2 RECENT
S: * 2 FETCH (UID 2 FLAGS (\Recent))
S: * 2 FETCH (UID 2 BODY[HEADER.FIELDS (SUBJECT)] {21}
S: Subject: the boss
S: 
S: )
S: * ESEARCH (TAG "a2") ADDTO (0 2)
# 5.1: FETCH comes ahead of it; and none of a message that is not new.
C: a4 SEARCH RETURN (UPDATE (UID) COUNT) FLAGGED
S: * ESEARCH (TAG "a4") COUNT 0
S~ a4 OK .*
CONN b
S* \* OK .*
LOGIN alice
C: b1 SELECT context
S* b1 OK .*
C: b2 STORE 1 +FLAGS (\Flagged)
S* b2 OK .*
CONN a
S~ \* 1 FETCH \(UID 1 FLAGS \(.*\)\)
S: * ESEARCH (TAG "a4") ADDTO (0 1)
NONE .*
# Nor of what the session puts there itself.
C: a5 APPEND context {15+}
C: Subject: boss
C:
S: * 3 EXISTS
S: * 3 RECENT
S: * ESEARCH (TAG "a2") ADDTO (0 3)
S* a5 OK .*
C: a6 SEARCH RETURN (UPDATE ()) ALL
S~ a6 BAD .*
C: a7 SEARCH RETURN (UPDATE (nonsense)) ALL
S~ a7 BAD .*
