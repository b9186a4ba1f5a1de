# After four hours the sender is told that it takes long, once; after five days
# that it will not be.                                        RFC 5321 4.5.4.1
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  text 451 4.3.0 try later
MAIL a@example.org
TIME +3h
INBOX 0
TIME +2h
INBOX 1
  Subject: *
  Final-Recipient: rfc822; a@example.org
  Action: delayed
  Status: 4.3.0
  Will-Retry-Until: Fri, 27 Nov 2026 04:00:00 +0000
TIME +4d
INBOX 1
QUEUE
  a@example.org waits * 451 4.3.0 *
TIME +1d
INBOX 2
  Final-Recipient: rfc822; a@example.org
  Action: failed
  Status: 4.4.7
  *try later*
QUEUE
