# What another hop may take for the end of the message is not one here: the
# command behind it stays text, and the message is refused whole.
CLEAR alice
S* 220 .*
C: EHLO client.example.net
S* 250 .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RCPT TO:<alice@example.test>
S~ 250 .*
C: DATA
S~ 354 .*
RAW Subject: outer\r\n\r\nHello\n.\n
RAW MAIL FROM:<b@example.net>\r\nRCPT TO:<alice@example.test>\r\n
RAW DATA\r\nSubject: smuggled\r\n\r\nHello
NONE .*
RAW \r\n.\r\n
S~ 550 5\.6\.0 .*
NONE .*
C: NOOP
S~ 250 .*
CONN imap
PORT imaps
S* \* OK .*
LOGIN alice
C: a STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 0)
S~ a OK .*
