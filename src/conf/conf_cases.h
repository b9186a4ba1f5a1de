/*
 * conf_cases.h - what is wrong with a configuration, and what is not: a table
 * of conf_test.c.
 */
#pragma once
#include <stddef.h>

#define PROXY_WANTED ":2: proxy: expected socks5://host:1080, " \
	"haproxy://host:port or none"
#define PIN \
	"0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"

static const struct {
	const char *text;
	const char *wrong;	/* NULL: it is right */
} cases[] = {
	{ "hostname = \"mail.example.org\"\n", NULL },
	{ "hostname = mail.example.org # unquoted\n", NULL },
	{ "", "hostname is missing: add hostname = \"mail.example.org\"" },
	{ "hostname = \"a b\"\n", ":1: hostname: expected a name like" },
	{ "hostname = a.b\nhostnam = c\n", ":2: no such option 'hostnam'" },
	{ "hostname = b\xc3\xbc.test\n", NULL },
	{ "hostname = \xe2\x80\xae.test\n", "expected a name like" },
	{ "hostname = a.b\nroute \"b\xc3\xbc.test\" { refuse = no }\n"
	    "route \".B\xc3\x9c.test\" { host = b\xc3\xbc.test }\n", NULL },
	/* One name, in two forms. */
	{ "hostname = a.b\nroute \"b\xc3\xbc.test\" { refuse = no }\n"
	    "route \"xn--b-eha.test\" { refuse = no }\n",
	    "the block for \"xn--b-eha.test\" before has it all" },
	{ "hostname = a.b\nmx-workers = 9\n",
	    ":2: mx-workers: expected a number from 1 to 8, not 9" },
	{ "hostname = a.b\nmx-workers = two\n",
	    ":2: mx-workers: expected a number from 1 to 8, not two" },
	{ "hostname = a.b\nmx-workers = -1\n", "from 1 to 8, not -1" },
	{ "hostname = a.b\nmx-workers = cores\n", NULL },
	{ "hostname = a.b\ndata = \"\"\n", ":2: data: expected" },
	{ "hostname = a.b\nrelay { private = perhaps }\n",
	    ":2: private: expected true or false, not \"perhaps\"" },
	{ "hostname = a.b\nrelay { private = Yes }\n", NULL },
	{ "hostname = a.b\nstub-zone \"\" { servers = ::1 }\n",
	    ":2: stub-zone: expected a zone like" },
	{ "hostname = a.b\ndns-list \"l.test\" { }\n"
	    "dns-list \"l.test\" { of = domains then = junk }\n", NULL },
	{ "hostname = a.b\ndns-list \"l.test\" { }\n"
	    "dns-list \"L.test\" { then = junk }\n",
	    ":3: dns-list: this list stands above already" },
	{ "hostname = a.b\ndns-list \"192.0.2.1/24\" { }\n",
	    ":2: dns-list: expected a zone like \"list.example\"" },
	{ "hostname = a.b\ndns-list \"l.test\" { then = drop }\n",
	    ":2: then: expected one of refuse, junk, "
		"hold, allow" },
	{ "hostname = a.b\nroute { }\n",
	    ":2: expected \"example.org\", \".example.org\" or \"*\", not {" },
	{ "hostname = a.b\nquota\n", ":3: expected =, not the end" },
	{ "hostname = a.b /* a\n\n comment */ x = 3 // and\n",
	    ":3: no such option 'x'" },
	{ "hostname = 'a.b' data = \"a \\\" \\\\ b\"#\n", NULL },
	{ "hostname = a.b\nnameservers = {::1 ::2}\n",
	    ":2: expected , or }, not \"::2\"" },
	{ "hostname = a.b\nnameservers = {}\n", NULL },
	{ "hostname = a.b\n\001\n", ":2: an octet that is no text" },
	{ "hostname = a.b\n\nmax-message = 5X\n",
	    ":3: max-message: expected a size like 50M or 2G, not \"5X\"" },
	{ "hostname = a.b\nmax-message = 5M\nquota = 2g\n", NULL },
	{ "hostname = a.b\nlog-level = loud\n", ":2: log-level: expected one "
						"of error, warn, info, debug" },
	{ "hostname = a.b\nlisten { kind = imap\n port = 99999 }\n",
	    ":3: port: expected a number from 1 to 65535, not 99999" },
	{ "hostname = a.b\nlisten { kind = pop4 port = 1 }\n",
	    ":2: kind: expected one of smtp, submission, submissions, imap, "
	    "imaps, pop3, pop3s, http, https, lmtp, no-mail, not "
	    "\"pop4\"" },
	{ "hostname = a.b\nlisten { kind = no-mail port = 25 tls = none "
	    "address = localhost }\n",
	    ":2: listen: this kind cannot have this tls" },
	{ "hostname = a.b\nlisten { kind = lmtp port = 25 }\n",
	    ":2: listen: port 25 is for SMTP" },
	{ "hostname = a.b\nlisten { kind = imap path = \"x\" }\n",
	    ":2: listen: a path is for kind = lmtp" },
	{ "hostname = a.b\noauth { }\n",
	    ":2: oauth: expected issuer and audience" },
	{ "hostname = a.b\noauth { issuer = \"http://id.test\" "
	    "audience = m }\n", ":2: oauth: issuer: expected an URL like" },
	{ "hostname = a.b\noauth { issuer = \"https://id.test\" }\n",
	    ":2: oauth: expected issuer and audience" },
	{ "hostname = a.b\noauth { issuer = \"https://id.test\" "
	    "audience = m keys-url = \"https://127.0.0.1/\" }\n",
	    ":2: oauth: keys-url: expected an URL like" },
	{ "hostname = a.b\noauth { issuer = \"https://id.test\" "
	    "audience = m introspection = \"https://id.test/?a\" }\n",
	    ":2: oauth: introspection: expected an URL like" },
	{ "hostname = a.b\noauth { issuer = \"https://id.test\" "
	    "audience = m keys = \"/nowhere/x\" }\n",
	    ":2: oauth: keys /nowhere/x: No such file" },
	{ "hostname = a.b\noauth { issuer = \"https://id.test\" "
	    "audience = m client-id = x }\n",
	    ":2: oauth: client-id goes with client-secret-file" },
	{ "hostname = a.b\noauth { issuer = \"https://id.test\" "
	    "audience = m scope = 'a\"b' }\n",
	    ":2: oauth: audience, scope and claim: expected printable" },
	{ "hostname = a.b\noauth { issuer = \"https://id.test\" "
	    "audience = m domains = a.test }\n"
	    "oauth { issuer = \"https://id.test\" audience = n "
	    "domains = b.test }\n",
	    ":3: oauth: this issuer stands above already" },
	{ "hostname = a.b\noauth { issuer = \"https://id.test\" "
	    "audience = m domains = a.test }\n"
	    "oauth { issuer = \"https://id2.test\" audience = n }\n",
	    ":3: oauth: with several issuers each has its domains" },
	{ "hostname = a.b\noauth { issuer = \"https://id.test\" "
	    "audience = m domains = a.test }\n"
	    "oauth { issuer = \"https://id2.test\" audience = n "
	    "domains = b.test scope = \"x y\" claim = sub }\n", NULL },
	{ "hostname = a.b\nroute \"x.test\" { protocol = lmtp }\n",
	    ":2: route: protocol = lmtp wants a path, or a host and a port" },
	{ "hostname = a.b\nroute \"x.test\" { protocol = lmtp "
	    "host = \"[127.0.0.1]\" }\n",
	    ":2: route: protocol = lmtp wants a path, or a host and a port" },
	{ "hostname = a.b\nroute \"x.test\" { protocol = lmtp "
	    "host = \"[127.0.0.1]\" port = 25 }\n",
	    ":2: route: port 25 is for SMTP" },
	{ "hostname = a.b\nroute \"x.test\" { protocol = lmtp "
	    "host = \"[127.0.0.1]\" port = 24 }\n", NULL },
	{ "hostname = a.b\nroute \"x.test\" { protocol = lmtp "
	    "path = \"/run/lmtp\" }\n", NULL },
	{ "hostname = a.b\nroute \"x.test\" { path = \"/run/lmtp\" }\n",
	    ":2: route: a path is for protocol = lmtp" },
	{ "hostname = a.b\nroute \"x.test\" { protocol = lmtp "
	    "path = \"/run/lmtp\" port = 24 }\n",
	    ":2: route: a path stands alone, without port" },
	{ "hostname = a.b\nlisten { kind = imap }\n",
	    ":2: listen: port is missing" },
	{ "hostname = a.b\nlisten { port = 1 }\n",
	    ":2: listen: kind is missing" },
	{ "hostname = a.b\nlisten { kind = imap prt = 3 }\n",
	    ":2: no such option 'prt'" },
	{ "hostname = a.b\ncertificate { chain = c.pem }\n",
	    ":2: certificate: expected chain and key" },
	{ "hostname = a.b\nmax-recipients = 10\n", "from 100 to 2000" },
	{ "hostname = a.b\nnameservers = {\"127.0.0.1@5353\", \"::1\"}\n",
	    NULL },
	{ "hostname = a.b\nnameservers = {\"one\"}\n",
	    ":2: nameservers: expected an address like" },
	{ "hostname = a.b\nunjudged = \"192.0.2.0/33\"\n",
	    ":2: unjudged: expected a network like" },
	{ "hostname = a.b\nunjudged = { \"192.0.2.7\", \"x\" }\n",
	    ":2: unjudged: expected a network like" },
	{ "hostname = a.b\nstub-zone \"x.test\" { }\n",
	    ":2: stub-zone: expected servers" },
	{ "hostname = a.b\nqueue { retry-min = 5y }\n",
	    ":2: retry-min: expected a time like 90s, 5m, 4h or 5d" },
	{ "hostname = a.b\nqueue { retry-min = 5m give-up = 5d }\n", NULL },
	{ "hostname = a.b\nrelay { tls = often }\n",
	    ":2: tls: expected one of may, none, must, verify, first" },
	{ "hostname = a.b\nrelay { source = \"::1\" }\n",
	    ":2: source: expected an IPv4 address" },
	{ "hostname = a.b\nroute \"*\" { host = h user = u }\n",
	    ":2: route: user goes with password or password-file" },
	{ "hostname = a.b\nroute \"*\" { host = h user = u password = p }\n",
	    NULL },
	{ "hostname = a.b\nroute \"*\" { host = h user = u password = p\n"
	  "tls = must }\n",
	    ":2: route: a password goes to a verified certificate only" },
	{ "hostname = a.b\npool news { addresses = { \"192.0.2.1\",\n"
	    "\"2001:db8::1@out.example.org\" } hello = o.example.org\n"
	    "senders = { \"n@b.test\", c.test } }\n"
	    "route x.test { pool = news }\n", NULL },
	{ "hostname = a.b\npool news { }\n",
	    ":2: pool: expected addresses = { \"192.0.2.1\", ... }" },
	{ "hostname = a.b\npool news { addresses = { \"192.0.2\" } }\n",
	    ":2: addresses: expected an address like 192.0.2.1, or "
	    "192.0.2.1@out.example.org, not \"192.0.2\"" },
	{ "hostname = a.b\npool news { addresses = { \"192.0.2.1\",\n"
	    "\"192.0.2.1@b.test\" } }\n",
	    ":2: pool: 192.0.2.1 stands there twice" },
	{ "hostname = a.b\npool news { addresses = \"::1\" }\n"
	    "pool News { addresses = \"::1\" }\n",
	    ":3: pool: there is a pool of this name above" },
	{ "hostname = a.b\npool a { addresses = \"::1\" senders = c.test }\n"
	    "pool b { addresses = \"::1\" senders = C.test }\n",
	    ":3: pool: c.test is a sender of the pool \"a\" already" },
	{ "hostname = a.b\npool a { addresses = \"::1\" senders = c }\n",
	    ":2: senders: expected an address or a domain, not \"c\"" },
	{ "hostname = a.b\nroute x.test { pool = news }\n",
	    ":2: route: there is no pool \"news\" above" },
	{ "hostname = a.b\npool a { addresses = \"::1\" }\n"
	    "route x.test { pool = a source = 192.0.2.1 }\n",
	    ":3: route: it has a pool, or a source" },
	{ "hostname = a.b\nrelay { proxy = socks5://192.0.2.9 }\n", NULL },
	{ "hostname = a.b\nrelay { proxy = \"socks5://u:p:@@[2001:db8::1]:9\""
	    " }\n", NULL },
	{ "hostname = a.b\nrelay { proxy = haproxy://out.test:2500 }\n",
	    NULL },
	{ "hostname = a.b\nrelay { proxy = haproxy://out.test }\n",
	    PROXY_WANTED },
	/* what may be a password is not repeated */
	{ "hostname = a.b\nrelay { proxy = \"socks://u:secret@a.test\" }\n",
	    PROXY_WANTED },
	{ "hostname = a.b\nrelay { proxy = socks5://2001:db8::1 }\n",
	    PROXY_WANTED },
	{ "hostname = a.b\nrelay { proxy = socks5://a.test:0 }\n",
	    PROXY_WANTED },
	{ "hostname = a.b\nrelay { proxy = socks5://@a.test }\n",
	    PROXY_WANTED },
	{ "hostname = a.b\nroute \"x.test\" { proxy = socks5://u@a.test }\n",
	    ":2: route: the user of the proxy wants a password: in a "
	    "proxy-password-file" },
	{ "hostname = a.b\nroute \"x.test\" { proxy = none\n"
	    "proxy-password-file = \"/proc/self/comm\" }\n",
	    ":2: route: proxy-password-file is for a proxy = "
	    "socks5://user@host without a password" },
	{ "hostname = a.b\nroute \"x.test\" { proxy = socks5://u@a.test\n"
	    "proxy-password-file = \"/proc/self/comm\" }\n", NULL },
	{ "hostname = a.b\nroute \"x.test\" { proxy-password-file = /none\n"
	    "}\n", ":2: proxy-password-file: expected a file whose first "
	    "line is a password, not \"/none\"" },
	{ "hostname = a.b\nroute \"*\" { user = u password = p }\n",
	    ":2: route: a password goes to a host of the operator's only" },
	{ "hostname = a.b\nroute \"*\" { host = h mx = true\n"
	  "user = u password = p }\n", "the operator's only" },
	{ "hostname = a.b\nroute \"*\" { host = h user = u password = p\n"
	  "tls = must pin = \"" PIN " " PIN "\" }\n", NULL },
	{ "hostname = a.b\nroute \"*\" { host = h pin = \"" PIN "\" }\n",
	    "a pin needs tls = must, verify or first" },
	{ "hostname = a.b\nroute \"*\" { host = h user = u password = p\n"
	  "tls = none pin = \"" PIN "\" }\n", "a pin needs tls = must" },
	{ "hostname = a.b\nroute \"*\" { host = h tls = must pin = \"" PIN
	  "0\" }\n", "expected a SHA-256, 64 digits of hex" },
	{ "hostname = a.b\nroute \"*\" { host = h tls = must pin = \"x"
	  PIN "\" }\n", "expected a SHA-256, 64 digits of hex" },
	{ "hostname = a.b\nroute \"*\" { host = h tls = must pin = \"" PIN
	  " " PIN " " PIN " " PIN " " PIN "\" }\n", "pin: expected" },
	{ "hostname = a.b\nroute \"*\" { host = h user = u password = p\n"
	  "tls = verify }\n", NULL },
	{ "hostname = a.b\nldap { server = h base = \"dc=a\" }\n", NULL },
	{ "hostname = a.b\nldap { server = h }\n",
	    ":2: ldap: expected server and base" },
	{ "hostname = a.b\nldap { server = h base = b bind-dn = c }\n",
	    ":2: ldap: bind-dn goes with password or password-file" },
	{ "hostname = a.b\nldap { server = h base = b password = c }\n",
	    ":2: ldap: bind-dn goes with password or password-file" },
	{ "hostname = a.b\nldap { server = h base = b tls = none }\n",
	    ":2: ldap: tls = none wants a server of this machine" },
	{ "hostname = a.b\nldap { server = \"[::1]\" base = b tls = none }\n",
	    NULL },
	{ "hostname = a.b\nldap { server = h base = b filter = \"(a=b\" }\n",
	    ":2: ldap: expected a filter like" },
	{ "hostname = a.b\nldap { server = h base = b }\n"
	  "ldap { server = h base = b }\n",
	    ":3: ldap: there is an ldap block above" },
	{ "hostname = a.b\npam { }\n", NULL },
	{ "hostname = a.b\npam { service = \"../login\" }\n",
	    ":2: pam: service: expected small letters, digits, - and _, not "
	    "../login" },
	{ "hostname = a.b\npam { service = Login }\n",
	    ":2: pam: service: expected small letters" },
	{ "hostname = a.b\npam { timeout = 16s }\n", ":2: timeout" },
	{ "hostname = a.b\npam { }\npam { }\n",
	    ":3: pam: there is a pam block above" },
	{ "hostname = a.b\nroute \"*\" { host = h tls = verify user = u\n"
	  "password-file = nothere }\n", "nothere" },
	{ "hostname = a.b\n}\n", ":2: " },
	{ "hostname = a.b\nstub-zone \"a b\" { servers = ::1 }\n",
	    ":2: stub-zone: expected a zone like" },
	{ "hostname = a.b\ndivert = nonsense\n",
	    ":2: divert: expected an address like you@example.org" },
	{ "hostname = a.b\ndivert = \"@a.b\"\n", "divert: expected" },
	{ "hostname = a.b\ndivert = \"a@\"\n", "divert: expected" },
	{ "hostname = a.b\ndivert = \"a@b c\"\n", "divert: expected" },
	{ "hostname = a.b\ndivert = \"you@b\xc3\xbc.test\"\n", NULL },
	{ "\xef\xbb\xbfhostname = a.b\n", NULL },
	/* What looks right. */
	{ "hostname = a.b\nhostnam = c\n", "did you mean hostname?" },
	{ "hostname = a.b\nlistn { }\n", "did you mean listen?" },
	{ "hostname = a.b\nretry-min = 5m\n", ":2: no such option "
	    "'retry-min' here; it belongs into queue { }" },
	{ "hostname = localhost\n", ":1: hostname: expected a name like" },
	{ "hostname = mail\n", ":1: hostname: expected a name like" },
	{ "hostname = 192.0.2.1\n", ":1: hostname: expected a name like" },
	{ "hostname = a.b.\n", ":1: hostname: expected a name like" },
	{ "hostname = a.b\nlisten { kind = imap port = 1\n"
	  "address = 300.1.1.1 }\n",
	    ":3: address: expected *, localhost or an address" },
	{ "hostname = a.b\nlisten { kind = imap port = 1 }\n"
	  "listen { kind = imaps port = 1 address = localhost }\n",
	    ":3: listen: port 1 is another block's already" },
	{ "hostname = a.b\nlisten { kind = imap port = 1 address = \"::1\" }\n"
	  "listen { kind = imap port = 1 address = 127.0.0.1 }\n", NULL },
	{ "hostname = a.b\ndata = x\n\ndata = y\n",
	    ":4: data stands in line 2 already" },
	{ "hostname = a.b\nrelay { rate = 1 }\nrelay { rate = 2 }\n",
	    ":3: rate stands in line 2 already" },
	{ "hostname = a.b\nqueue {\n retry-min = 5m\n", ":2: the } that ends "
	    "this queue block is missing" },
	{ "hostname = a.b\nqueue { retry-min = 300 }\n",
	    ":2: retry-min: expected a time like 90s" },
	{ "hostname = a.b\nqueue { retry-min = 2h\n retry-max = 1h }\n",
	    ":2: queue: retry-max is less than retry-min" },
	{ "hostname = a.b\nqueue { retry-min = 5h }\n", NULL },
	{ "hostname = a.b\ndata = \"x\nquota = \"1G\"\n",
	    ":2: the quote that ends \"x is missing" },
};
