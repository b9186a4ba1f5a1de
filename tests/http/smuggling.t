# Where another server could see other borders, nothing is read: one answer,
# and the connection ends.                              RFC 9112 11.2
PORT https
CONN cl_te
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /session HTTP/1.1\r\nHost: a\r\n\r\n
S: HTTP/1.1 400 Bad Request
S* Connection: close
NONE HTTP/.*
CONN te_cl
RAW POST /login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /session HTTP/1.1\r\nHost: a\r\n\r\n
S: HTTP/1.1 400 Bad Request
S* Connection: close
NONE HTTP/.*
CONN te_te
RAW POST /login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN te_list
RAW POST /login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n
S: HTTP/1.1 501 Not Implemented
S* Connection: close
CONN te_1_0
RAW POST /login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN two_lengths
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n
S: HTTP/1.1 400 Bad Request
S* Connection: close
NONE HTTP/.*
CONN length_list
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 0\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN length_sign
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN fold
RAW GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n Content-Length: 5\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN space_before_colon
RAW GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN bare_lf
RAW GET / HTTP/1.1\r\nHost: a\nContent-Length: 5\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN bare_cr
RAW GET / HTTP/1.1\r\nHost: a\rContent-Length: 5\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN nul
RAW GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN space_first
RAW GET / HTTP/1.1\r\n Host: a\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN two_hosts
RAW GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN chunk_lf
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n
S: HTTP/1.1 400 Bad Request
S* Connection: close
CONN chunk_extension
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2;\n{}\r\n0\r\n\r\n
S: HTTP/1.1 400 Bad Request
S* Connection: close
CONN chunk_too_long
RAW POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n
S: HTTP/1.1 400 Bad Request
S* Connection: close
CONN h2
RAW PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n
S: HTTP/1.1 505 HTTP Version Not Supported
# A bare LF is no end of a line, and nobody waits for a better one.  RFC 9112 2.2
CONN lf
RAW GET /session HTTP/1.1\nHost: a\n\n
S: HTTP/1.1 400 Bad Request
S* Connection: close
NONE HTTP/.*
CONN lf_alone
RAW \n
S: HTTP/1.1 400 Bad Request
CONN lf_of_field
RAW GET /session HTTP/1.1\r\nHost: a\nX: y\r\n\r\n
S: HTTP/1.1 400 Bad Request
CONN lf_of_head
RAW GET /session HTTP/1.1\r\nHost: a\r\n\n
S: HTTP/1.1 400 Bad Request
CONN cr_inside
RAW GET /session HTTP/1.1\r\nHost: a\rX: y\r\n\r\n
S: HTTP/1.1 400 Bad Request
