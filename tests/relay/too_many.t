# 552 to RCPT stood for 452 once: "too many recipients" is for later, whatever
# its first digit.                                         RFC 5321 4.5.3.1.10
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  rcpt many 552 5.5.3 too many recipients
  rcpt full 552 5.2.2 mailbox full
MAIL a@example.org many@example.org
TRACE
  * queued a@example.org 250
  * queued many@example.org 250
  * delivered a@example.org 250 *
  * deferred many@example.org 552 4.5.3 too many recipients; *
MAIL full@example.org notify=never
TRACE
  * queued full@example.org 250
  * failed full@example.org 552 5.2.2 mailbox full; *
HOST mx1
TIME +10m
TRACE
  * delivered many@example.org 250 *
