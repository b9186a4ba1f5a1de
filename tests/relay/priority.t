# Who is to be before others is, within a destination and before others; what
# comes later by so much does not go before.                          RFC 6710 5
CONFIG
  relay { per-destination = 1 }
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  slow 10s
MAIL a@example.org
MAIL b@example.org times=2
MAIL c@example.org priority=1
MAIL d@example.org priority=4
TIME +2m
HEARD mx1
  alice@example.test>d@example.org|*
  alice@example.test>c@example.org|*
  alice@example.test>a@example.org|*
  alice@example.test>b@example.org|*
  alice@example.test>b@example.org|*
# It is said to who knows it.
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250 MT-PRIORITY
  C: MAIL FROM:<alice@example.test> MT-PRIORITY=3
  S: 550 5.7.1 no
  C: QUIT
MAIL e@example.org priority=3
TIME +20s
INBOX 1
  Status: 5.7.1
