# RFC 3501 6.3.8, RFC 6154.
PORT imaps
S* \* OK .*
LOGIN alice
# The hierarchy delimiter.
C: a1 LIST "" ""
S~ \* LIST \(.*\\Noselect.*\) "/" ""
S~ a1 OK .*
C: a2 LIST "" INBOX
S~ \* LIST \(.*\) "/" "?INBOX"?
S~ a2 OK .*
C: a3 LIST "" inbox
S~ \* LIST \(.*\) "/" "?INBOX"?
S~ a3 OK .*
C: a4 LIST "" "*"
S* \* LIST .* "?INBOX"?
S* a4 OK .*
C: a5 LIST "" %
S* \* LIST .* "?INBOX"?
S* a5 OK .*
C: a6 LIST "" IN%
S~ \* LIST .* "?INBOX"?
S~ a6 OK .*
C: a7 LIST "" nothing*
S~ a7 OK .*
C: a8 LIST ""
S~ a8 BAD .*
C: a9 LIST
S~ a9 BAD .*
