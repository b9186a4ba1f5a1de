# A host for when none of the others can be reached.
CONFIG
  route "*" {
    mx = true
    fallback = "[192.0.2.3]"
    fallback-port = 26
  }
DNS
  example.org MX 10 mx1.example.org
  example.org MX 20 mx2.example.org
  mx1.example.org A 192.0.2.1
  mx2.example.org A 192.0.2.2
HOST mx1 192.0.2.1
  greeting 450 4.3.2 busy
HOST mx2 192.0.2.2
  greeting 450 4.3.2 busy
HOST other 192.0.2.3:26

# Not when somebody answered.
MAIL a@example.org
TRACE
  * queued a@example.org 250
  * deferred a@example.org 450 4.3.2 mx1.*: 450 busy; mx2.*: 450 busy; *
COUNT other dials=0
HOST mx1
  down
HOST mx2
  down
MAIL b@example.org
TRACE
  * queued b@example.org 250
  * delivered b@example.org 250 2.0.0 taken; host=[192.0.2.3][192.0.2.3] tls=no
COUNT other messages=1
