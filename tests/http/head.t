# A request, its answer, and the next one on the same connection.  RFC 9112 9.3
PORT https
C: GET /nowhere HTTP/1.1
C: Host: mail.example.test
C:
S: HTTP/1.1 404 Not Found
S~ Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT
S: Content-Type: application/problem+json
S: Cache-Control: no-store
S~ Content-Security-Policy: default-src 'none'; .*
S: Cross-Origin-Opener-Policy: same-origin
S: Cross-Origin-Resource-Policy: same-origin
S: Referrer-Policy: no-referrer
S: X-Content-Type-Options: nosniff
S: Strict-Transport-Security: max-age=31536000
S: Content-Length: 35
S:
RAW HEAD /nowhere HTTP/1.1\r\nHost: x\r\n\r\n
S~ {"status":404,"title":"Not Found"}\nHTTP/1.1 404 Not Found
S* Content-Length: 35
S:
# HEAD has no body: what comes next is the next answer. Not under our name
# nothing is said of TLS.                               RFC 9110 9.3.2
RAW GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n
S: HTTP/1.1 404 Not Found
S* X-Content-Type-Options: nosniff
S: Content-Length: 35
S: Connection: close
