# People who type: lines that end with LF, and what HELP knows.
S* 220 .*
RAW HELO client.example.net\n
S~ 500 5\.5\.2 .*CRLF.*
C: HELO client.example.net
S~ 250 .*
C: HELP MAIL
S~ 214-2\.0\.0 MAIL FROM:<.*>.*
S* 214 2\.0\.0 .*
C: help rcpt
S* 214 2\.0\.0 .*
C: HELP nonsense
S~ 504 5\.5\.4 .*
C: HELP
S* 214 2\.0\.0 .*
