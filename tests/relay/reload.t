# Mail taken from now on goes by the configuration that is read now.
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
MAIL a@example.org
TRACE
  * queued a@example.org 250
  * delivered a@example.org 250 *
CONFIG
  relay { tls = must }
MAIL b@example.org
TRACE
  * queued b@example.org 250
  * deferred b@example.org 4.7.4 *
