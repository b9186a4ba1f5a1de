# AUTH LOGIN, with and without the name at once.
PORT submissions
S* 220 .*
C: EHLO client.example.net
S* 250[- ]AUTH .*LOGIN.*
C: AUTH LOGIN
S* 334 VXNlcm5hbWU6
C: YWxpY2VAZXhhbXBsZS50ZXN0
S: 334 UGFzc3dvcmQ6
C: d3Jvbmc=
S~ 535 5\.7\.8 .*
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: *
S~ 501 .*
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: no base64!
S~ 501 .*
C: AUTH LOGIN YWxpY2VAZXhhbXBsZS50ZXN0
S: 334 UGFzc3dvcmQ6
C: cG9zdGVybi1kZW1v
S~ 235 2\.7\.0 .*
C: MAIL FROM:<alice@example.test>
S~ 250 .*
