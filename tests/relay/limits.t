# What a server says it bears is not exceeded: recipients of a message, and
# messages of a connection. Limits that are none, or not known, are no limit.
#                                                                 RFC 9422 4
DNS
  example.org A 192.0.2.1
  example.net A 192.0.2.2
HOST mx 192.0.2.1
  limits RCPTDOMAINMAX=1 RCPTMAX=2 X-OTHER=1 MAILMAX=3
MAIL a@example.org b@example.org c@example.org d@example.org e@example.org f@example.org g@example.org notify=never
HEARD mx
  alice@example.test>a@example.org,b@example.org|Subject: hello//Hello/
  alice@example.test>c@example.org,d@example.org|Subject: hello//Hello/
  alice@example.test>e@example.org,f@example.org|Subject: hello//Hello/
  alice@example.test>g@example.org|Subject: hello//Hello/
COUNT mx dials=2 messages=4
HOST none 192.0.2.2
  limits RCPTMAX=0 MAILMAX=x RCPTMAX
MAIL a@example.net b@example.net c@example.net notify=never
HEARD none
  alice@example.test>a@example.net,b@example.net,c@example.net|Subject: hello//Hello/
COUNT none dials=1 messages=1
QUEUE
