# What is there, and what can be done with it.   RFC 9110 9.1, 10.2.1, 15.5.6
PORT https
C: PUT /session HTTP/1.1
C: Host: a
C:
S: HTTP/1.1 405 Method Not Allowed
S* Allow: GET, HEAD, DELETE, OPTIONS
S*
RAW OPTIONS /session HTTP/1.1\r\nHost: a\r\n\r\n
S~ {.*}\nHTTP/1.1 204 No Content
S* Allow: GET, HEAD, DELETE, OPTIONS
NONE Content-Length: .*
S:
RAW OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n
S: HTTP/1.1 204 No Content
S*
RAW BREW /session HTTP/1.1\r\nHost: a\r\n\r\n
S: HTTP/1.1 501 Not Implemented
S* Connection: close
CONN b
RAW CONNECT b:25 HTTP/1.1\r\nHost: b:25\r\n\r\n
S: HTTP/1.1 501 Not Implemented
CONN c
RAW TRACE / HTTP/1.1\r\nHost: a\r\n\r\n
S: HTTP/1.1 501 Not Implemented
