# Without TLS there is only the way to it.              RFC 9110 15.4.9
PORT http
C: GET /a/b?c=d HTTP/1.1
C: Host: mail.example.test:80
C:
S: HTTP/1.1 308 Permanent Redirect
S* Location: https://mail\.example\.test:\d+/a/b\?c=d
NONE Strict-Transport-Security: .*
# What comes with a password was read by anybody already.
CONN b
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}
S: HTTP/1.1 403 Forbidden
# Left to who proves that this is our name.             RFC 8555 8.3
CONN c
RAW GET /.well-known/acme-challenge/x HTTP/1.1\r\nHost: a\r\n\r\n
S: HTTP/1.1 404 Not Found
