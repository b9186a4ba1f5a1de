# A password makes a cookie; the cookie opens, the token changes.
PORT https
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 55\r\nExpect: 100-continue\r\n\r\n
S: HTTP/1.1 100 Continue
S:
RAW {"user":"alice@${domain}","password":"${password}"}
S: HTTP/1.1 200 OK
S* Set-Cookie: (?P<cookie>__Host-postern=[0-9a-f]{32}\.[0-9a-f]{64}); Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+
S*
RAW GET /session HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n
S~ {"user":"alice@example\.test","token":"(?P<token>[0-9a-f]{64})","until":".*Z"}\nHTTP/1.1 200 OK
CONN without_token
RAW DELETE /session HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n
S: HTTP/1.1 403 Forbidden
CONN from_elsewhere
RAW DELETE /session HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\nCookie: ${cookie}\r\nX-CSRF-Token: ${token}\r\n\r\n
S: HTTP/1.1 403 Forbidden
CONN out
RAW DELETE /session HTTP/1.1\r\nHost: a\r\nOrigin: https://a\r\nCookie: ${cookie}\r\nX-CSRF-Token: ${token}\r\n\r\n
S: HTTP/1.1 204 No Content
S* Set-Cookie: __Host-postern=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0
S*
RAW GET /session HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n
S: HTTP/1.1 401 Unauthorized
