# 454 to STARTTLS, and the line is closed: once more in clear, as where it is
# broken.                                                  RFC 3207 4, RFC 7435
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250 STARTTLS
  C: STARTTLS
  S: 454 4.7.0 TLS not available
  CLOSE
HOST mx1
  S: 220 mx1.example.org
  C: EHLO relay.example.test
  S: 250-mx1.example.org
  S: 250-PIPELINING
  S: 250 STARTTLS
  C: MAIL FROM:<alice@example.test>
  C: RCPT TO:<a@example.org>
  C: DATA
  S: 250 2.1.0 Ok
  S: 250 2.1.5 Ok
  S: 354 Go on
  C: Subject: hello
  C:
  C: Hello
  C: .
  S: 250 2.0.0 Taken
  C: QUIT
MAIL a@example.org
TRACE
  * queued a@example.org 250
  * delivered a@example.org 250 2.0.0 Taken; host=mx1.example.org[192.0.2.1] tls=no
