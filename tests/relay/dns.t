# What DNS says of a domain, and what becomes of its mail.
#                                        RFC 5321 5.1, RFC 7505, RFC 3463 3.2
DNS
  null.test MX 0 .
  broken.test FAILED
  ours.test MX 10 relay.example.test
  half.test MX 5 gone.test
  half.test MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  greeting 554 5.3.2 no mail

# No such domain.
MAIL a@nowhere.test notify=never
TRACE
  * queued a@nowhere.test 250
  * failed a@nowhere.test 5.1.2 DNS: nowhere.test: *
# It takes no mail.                                                   RFC 7505
MAIL a@null.test notify=never
TRACE
  * queued a@null.test 250
  * failed a@null.test 5.1.10 DNS: null.test: *
# Its mail host is us, who know nobody there.
MAIL a@ours.test notify=never
TRACE
  * queued a@ours.test 250
  * failed a@ours.test 5.4.6 DNS: ours.test: *
# DNS is in trouble.
MAIL a@broken.test b@broken.test
TRACE
  * queued a@broken.test 250
  * queued b@broken.test 250
  * deferred a@broken.test 4.4.3 DNS: broken.test: *
  * deferred b@broken.test 4.4.3 DNS: broken.test: *
# And so all mail to this domain waits.
MAIL c@broken.test
TRACE
  * queued c@broken.test 250

# Where one host has no address now, another's refusal is not the end.
MAIL a@half.test
TRACE
  * queued a@half.test 250
  * deferred a@half.test 4.4.4 gone.test: no such name; mx1.example.org [192.0.2.1]: 554 no mail; *
