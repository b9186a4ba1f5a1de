# A message that left later has its time to get there from then on, and a report
# says what was asked for.                                   RFC 4865 5.1.2
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  text 451 4.3.0 try later
MAIL a@example.org until=10d
MAIL b@example.org
TIME +5d
TIME +1h
INBOX 2
  Final-Recipient: rfc822; b@example.org
  Action: failed
TIME +5d
INBOX 2
QUEUE
  a@example.org waits * 451 4.3.0 *
TIME +6h
INBOX 3
  Arrival-Date: Sun, 22 Nov 2026 04:00:*
  Future-Release-Request: until;2026-12-02T04:00:00Z
  Final-Recipient: rfc822; a@example.org
  Action: delayed
TIME +5d
INBOX 4
  Future-Release-Request: until;2026-12-02T04:00:00Z
  Action: failed
QUEUE
MAIL r@example.org for=1h
HOST mx1
  rcpt r 550 5.1.1 nobody
TIME +61m
INBOX 5
  Future-Release-Request: for;3600
  Action: failed
