# Each limit has its own status.                        RFC 9110 15.5
PORT https
CONN uri
RAW GET /\(a*8200) HTTP/1.1\r\nHost: a\r\n\r\n
S: HTTP/1.1 414 URI Too Long
S* Connection: close
CONN field
RAW GET / HTTP/1.1\r\nHost: a\r\nX: \(a*8200)\r\n\r\n
S: HTTP/1.1 431 Request Header Fields Too Large
CONN fields
RAW GET / HTTP/1.1\r\nHost: a\r\n\(X: y\r\n*100)\r\n
S: HTTP/1.1 431 Request Header Fields Too Large
CONN head
RAW GET / HTTP/1.1\r\nHost: a\r\n\(X: 01234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n*99)X: \(a*8000)\r\nX: \(a*8000)\r\nX: \(a*8000)\r\n\r\n
S: HTTP/1.1 431 Request Header Fields Too Large
CONN length
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\r\n
S: HTTP/1.1 411 Length Required
CONN body
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n
S: HTTP/1.1 413 Content Too Large
S* Connection: close
CONN chunks
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n\(a*8192)\r\n0\r\n\r\n
S: HTTP/1.1 413 Content Too Large
CONN type
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}
S: HTTP/1.1 415 Unsupported Media Type
CONN expectation
RAW GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n
S: HTTP/1.1 417 Expectation Failed
