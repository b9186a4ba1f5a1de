# A policy for each domain of ours, at a host of its own.      RFC 8461 3.2, 3.3
PORT https
RAW GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: MTA-STS.example.test:443\r\n\r\n
S: HTTP/1.1 200 OK
S* Content-Type: text/plain
S* Cache-Control: max-age=60
S* Content-Length: 71
S:
S: version: STSv1
S: mode: testing
S: mx: mail.example.test
S: max_age: 604800
# Not for others, nor for those whose mail is not taken here.
RAW GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: example.test\r\n\r\n
S: HTTP/1.1 404 Not Found
CONN b
RAW GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.elsewhere.test\r\n\r\n
S: HTTP/1.1 404 Not Found
CONN c
RAW GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.\r\n\r\n
S: HTTP/1.1 404 Not Found
CONN d
RAW GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.a.example.test\r\n\r\n
S: HTTP/1.1 404 Not Found
CONN e
RAW GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.[127.0.0.1]\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN f
RAW POST /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.test\r\nContent-Length: 0\r\n\r\n
S: HTTP/1.1 405 Method Not Allowed
