# What is to be there by some time, or to come back.             RFC 2852 4.1.3
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  offers DELIVERBY
  text 451 4.3.0 try later
MAIL a@example.org by=2h;R
MAIL b@example.org
TIME +119m
INBOX 0
TIME +2m
INBOX 1
  Arrival-Date: Sun, 22 Nov 2026 04:00:00 +0000
  Deliver-By-Date: Sun, 22 Nov 2026 06:00:00 +0000
  Final-Recipient: rfc822; a@example.org
  Action: failed
  Status: 5.4.7
  Diagnostic-Code: x-postern; 5.4.7 not delivered by the time that was asked
   for; at last: 451 4.3.0 try later
QUEUE
  b@example.org waits * 451 4.3.0 *
OPERATOR drop example.org
# Nor where nobody was reached, nor where it was held as the time came.
HOST mx1
  down
MAIL c@example.org by=10m;R
TIME +11m
INBOX 2
  Final-Recipient: rfc822; c@example.org
  Action: failed
  Status: 5.4.7
MAIL d@example.org by=10m;R
OPERATOR hold example.org
TIME +1h
INBOX 2
HOST mx1
  offers DELIVERBY
  rcpt d 550 5.1.1 asked all the same
OPERATOR release example.org
TIME +1m
INBOX 3
  Final-Recipient: rfc822; d@example.org
  Status: 5.4.7
QUEUE
# Who is to be told is told, once, and it goes on.
HOST mx1
  offers DELIVERBY
  text 451 4.3.0 try later
MAIL e@example.org by=1h;N
MAIL f@example.org by=1h;N notify=never
TIME +59m
INBOX 3
TIME +2m
INBOX 4
  Subject: Delayed: *
  Deliver-By-Date: *
  Final-Recipient: rfc822; e@example.org
  Action: delayed
  Status: 4.4.7
  Diagnostic-Code: smtp; 451 4.3.0 try later
  Will-Retry-Until: *
TIME +6h
INBOX 4
HOST mx1
  offers DELIVERBY
TIME +6h
INBOX 4
QUEUE
# That it takes long is told as well, before the time that was asked for.
HOST mx1
  offers DELIVERBY
  text 451 4.3.0 try later
MAIL g@example.org by=1d;N
TIME +5h
INBOX 5
  Final-Recipient: rfc822; g@example.org
  Status: 4.3.0
TIME +20h
INBOX 6
  Final-Recipient: rfc822; g@example.org
  Status: 4.4.7
TIME +20h
INBOX 6
OPERATOR drop example.org
# What was late before it came here was told by who had it then.
MAIL h@example.org by=-1h;N
TIME +2h
INBOX 6
TIME +3h
INBOX 7
  Final-Recipient: rfc822; h@example.org
  Status: 4.3.0
OPERATOR drop example.org
# All of it is there again after a restart.
MAIL i@example.org by=2h;R
MAIL j@example.org by=2h;N
TIME +30m
RESTART
TIME +2h
INBOX 9
QUEUE
  j@example.org waits * 451 4.3.0 *
OPERATOR drop example.org
