# To strangers it is no command, and nobody offers it.
S* 220 .*
C: XCLIENT ADDR=198.51.100.7
S: 500 5.5.2 Unknown command
C: EHLO client.example.net
S* 250-HELP
S: 250 STARTTLS
C: HELP
S~ 214-.* STARTTLS
S: 214 2.0.0 See RFC 5321
# To those of xclient-peers it is offered; who has logged in is never believed.
FROM 127.0.0.9
CONN b
S~ 220 (?P<host>\S+) ESMTP .*
C: EHLO proxy.example.net
S* 250-XCLIENT NAME ADDR PORT PROTO HELO DESTADDR DESTPORT
S~ 250 XFORWARD .*
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: XCLIENT ADDR=198.51.100.7
S: 503 5.5.1 Not inside a transaction
C: RSET
S~ 250 .*
C: XCLIENT
S~ 501 5\.5\.4 .*
C: XCLIENT ADDR=198.51.100.256
S~ 501 5\.5\.4 .*
C: XCLIENT ADDR=198.51.100.7 LOGIN=alice@${domain}
S~ 550 5\.7\.1 .*
C: EHLO proxy.example.net
S~ 250-${host} Hello proxy.example.net \[127\.0\.0\.9\]
S* 250 .*
# HELO said in a command of its own holds, up to the next.
C: XCLIENT HELO=client.example.net PROTO=SMTP
S: 220 ${host} ESMTP Postern
C: xclient name=client.example.net addr=198.51.100.7 port=4711 login=[unavailable]
S: 220 ${host} ESMTP Postern
C: MAIL FROM:<a@example.net>
S~ 250 .*
C: RSET
S~ 250 .*
C: EHLO client.example.net
S~ 250-${host} Hello client.example.net \[198\.51\.100\.7\]
S* 250 XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE

# Who speaks now may be the client: it is not believed.
C: XCLIENT ADDR=127.0.0.1
S: 500 5.5.2 Unknown command
# Without HELO there has been none; what the proxy said before is gone.
CONN c
S* 220 .*
C: EHLO proxy.example.net
S* 250 .*
C: XCLIENT ADDR=IPV6:2001:db8::7
S: 220 ${host} ESMTP Postern
C: MAIL FROM:<a@example.net>
S: 503 5.5.1 Send HELO or EHLO first
C: HELO x
S~ 250 .* \[2001:db8::7\]
C: QUIT
S~ 221 .*
CLOSED
# A proxy that does not know whose it is speaks for itself.
CONN d
S* 220 .*
C: XCLIENT NAME=[UNAVAILABLE] ADDR=[UNAVAILABLE]
S* 220 .*
C: HELO x
S~ 250 .* \[127\.0\.0\.9\]
C: XCLIENT ADDR=198.51.100.7
S: 500 5.5.2 Unknown command
