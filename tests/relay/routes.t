# Mail of some domains leaves another way than by MX.
CONFIG
  route "example.org" {
    host = "[192.0.2.3]"
    port = 587
    tls = must
    pin = PIN
    user = u
    password = p
  }
  route "two.example" {
    host = "[192.0.2.3]"
    port = 587
    tls = must
    pin = PIN
    user = u
    password = q
  }
  route "refused.example" {
    refuse = "not from here"
    fallback = "[192.0.2.3]"
  }
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
HOST smart 192.0.2.3:587
  auth
  tls works

# With a login, over TLS.                                             RFC 4954
MAIL a@example.org
TRACE
  * queued a@example.org 250
  * delivered a@example.org 250 2.0.0 taken; host=[192.0.2.3][192.0.2.3] tls=TLSv1.3
LOGIN smart AUTH PLAIN AHUAcA==
COUNT smart dials=1 encrypted=1
COUNT mx1 dials=0

# The same user with another password may not have that connection.
MAIL a@two.example
TRACE
  * queued a@two.example 250
  * delivered a@two.example 250 *
COUNT smart dials=2 encrypted=2

# Nothing goes there: nobody is asked, DNS neither.
MAIL a@refused.example notify=never
TRACE
  * queued a@refused.example 250
  * failed a@refused.example 5.7.1 not from here
COUNT smart dials=2
COUNT mx1 dials=0
