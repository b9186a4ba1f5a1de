# How large a message may be that is appended.                       RFC 7889
PORT imaps
S~ \* OK \[CAPABILITY .*\bAPPENDLIMIT=(?P<limit>[1-9]\d*)\b.*\] .*
LOGIN alice
C: a1 CAPABILITY
S~ \* CAPABILITY .*\bAPPENDLIMIT=${limit}\b.*
S~ a1 OK .*
C: a2 STATUS INBOX (APPENDLIMIT)
S: * STATUS INBOX (APPENDLIMIT ${limit})
S~ a2 OK .*
C: a3 LIST "" INBOX RETURN (STATUS (APPENDLIMIT))
S~ \* LIST .* INBOX
S: * STATUS INBOX (APPENDLIMIT ${limit})
S~ a3 OK .*
