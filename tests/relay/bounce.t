# What cannot be delivered goes back to its sender, with the header of the
# message, or all of it if that was asked for.               RFC 3461 6, 3464
DNS
  example.org MX 10 mx1.example.org
  mx1.example.org A 192.0.2.1
HOST mx1 192.0.2.1
  rcpt no 550 5.1.1 nobody of that name
MAIL no@example.org ret=headers envid=QQ314159
  | Subject: hello
  | From: alice@example.test
  |
  | The body.
TRACE
  +0:00 queued no@example.org 250
  +0:00 failed no@example.org 550 5.1.1 nobody of that name; host=mx1.example.org[192.0.2.1] tls=no
  +0:00 stored alice@example.test 250
  +0:00 reported no@example.org failed; the report is *
QUEUE
INBOX 1
  Return-Path: <>
  To: *alice@example.test*
  Content-Type: multipart/report;*
  *nobody of that name*
  Original-Envelope-Id: QQ314159
  Final-Recipient: rfc822; no@example.org
  Action: failed
  Status: 5.1.1
  Diagnostic-Code: smtp; 550 5.1.1 nobody of that name
  Content-Type: text/rfc822-headers*
  Subject: hello
  ! The body.

MAIL no@example.org ret=full
  | Subject: hello
  | From: alice@example.test
  |
  | The body.
INBOX 2
  Content-Type: message/rfc822*
  Subject: hello
  From: alice@example.test
  
  The body.

# Nobody is told of what was to be kept from them.
MAIL no@example.org notify=never
INBOX 2
QUEUE
