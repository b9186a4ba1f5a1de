# Who it is, with every request.                        RFC 7617
PORT https
C: GET /session HTTP/1.1
C: Host: a
C:
S: HTTP/1.1 401 Unauthorized
S* WWW-Authenticate: Basic realm="postern", charset="UTF-8"
CONN b
RAW GET /session HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YWxpY2VAZXhhbXBsZS50ZXN0OnBvc3Rlcm4tZGVtbw==\r\n\r\n
S: HTTP/1.1 200 OK
S* Content-Length: 30
S:
RAW GET /session HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YWxpY2VAZXhhbXBsZS50ZXN0Ong=\r\n\r\n
S~ {"user":"alice@example\.test"}\nHTTP/1.1 401 Unauthorized
CONN c
RAW GET /session HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n
S: HTTP/1.1 401 Unauthorized
