# No socket left is our own trouble, not the host's: it is dialled again at once.
DNS
  example.org MX 10 mx1.example.org
  two.example MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  no-socket
MAIL a@example.org
TRACE
  * queued a@example.org 250
  * deferred a@example.org 4.4.1 mx1.example.org [192.0.2.1]: too many open files; *
HOST mx1
MAIL a@two.example
TRACE
  * queued a@two.example 250
  * delivered a@two.example 250 *
