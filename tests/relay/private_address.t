# Mail to strangers must not reach into our own network.               RFC 6890
CONFIG
  relay { private = false }
DNS
  inside.test A 127.0.0.1
HOST inside 127.0.0.1
MAIL a@inside.test notify=never
TRACE
  * queued a@inside.test 250
  * failed a@inside.test 5.1.2 inside.test [127.0.0.1]: a private address, where no mail is sent to; *
COUNT inside dials=0
# Unless the operator says so.
CONFIG
  relay { private = true }
MAIL a@inside.test
TRACE
  * queued a@inside.test 250
  * delivered a@inside.test 250 *
