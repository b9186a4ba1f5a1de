# What SPECIAL-USE promises of LIST.                   RFC 6154 2, RFC 5258 3
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 LIST (SPECIAL-USE) "" "*"
S{
S~ \* LIST \(.*\\Archive\) "/" .*
S~ \* LIST \(.*\\Drafts\) "/" .*
S~ \* LIST \(.*\\Junk\) "/" .*
S~ \* LIST \(.*\\Sent\) "/" .*
S~ \* LIST \(.*\\Trash\) "/" .*
}
S~ a1 OK .*
C: a2 LIST "" % RETURN (SPECIAL-USE)
S* \* LIST \(.*\\Sent.*\) "/" .*
S* a2 OK .*
C: a3 LIST "" ("INBOX" "Nothing" "Sen%") RETURN (CHILDREN SUBSCRIBED)
S~ \* LIST \(\\HasNoChildren \\Subscribed\) "/" "?INBOX"?
S~ \* LIST \(\\HasNoChildren \\Subscribed \\Sent\) "/" "?Sent"?
S~ a3 OK .*
C: a4 LIST (SUBSCRIBED SPECIAL-USE) "" Sent RETURN (SPECIAL-USE)
S~ \* LIST \(.*\\Subscribed \\Sent\) "/" "?Sent"?
S~ a4 OK .*
C: a5 LIST (SPECIAL-USE) "" INBOX
S~ a5 OK .*
C: a6 LIST () "" "" RETURN ()
S~ a6 OK .*
# Nothing that is not announced.
C: a7 LIST "" % RETURN (RIGHTS)
S~ a7 BAD .*
# RFC 5258 6: it needs an option that SPECIAL-USE is not.
C: a8 LIST (RECURSIVEMATCH SPECIAL-USE) "" %
S~ a8 BAD .*
