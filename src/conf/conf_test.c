#include "conf/option.h"

#include <fcntl.h>

#include "base/log.h"
#include "base/test.h"

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

static const char *
write_file(const char *folder, const char *text)
{
	static char path[200];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/postern.conf", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	return path;
}

static void
test_errors(void **state)
{
	char folder[] = "/tmp/conf-XXXXXX";
	struct arena *a = arena_new(1 << 20);
	const char *path = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < NELEM(cases); i++) {
		struct config c = { 0 };
		struct err err = { 0 };
		int rc;

		path = write_file(folder, cases[i].text);
		rc = conf_read(path, a, &c, &err);
		if ((rc == 0) != !cases[i].wrong ||
		    (rc && !strstr(err.text, cases[i].wrong)))
			print_error("%zu: %d %s\n", i, rc, err.text);
		assert_int_equal(rc == 0, !cases[i].wrong);
		if (rc)
			assert_non_null(strstr(err.text, cases[i].wrong));
		if (rc)
			assert_non_null(strstr(err.text, path));
	}
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

static void
check_listener(struct rd *r, uint32_t kind, const char *address, uint32_t port)
{
	struct listener_conf l;

	assert_true(msg_take(r, &listener_conf_shape, &l));
	assert_int_equal(l.kind, kind);
	assert_str(l.address, address);
	assert_int_equal(l.port, port);
}

static void
test_leaving(void **state)
{
	char folder[] = "/tmp/conf-XXXXXX";
	struct arena *a = arena_new(1 << 20);
	struct nameserver_conf server;
	struct stub_conf stub;
	struct route_conf route;
	struct config *const c = arena_new_of(a, struct config);
	struct err err = { 0 };
	const char *path;
	struct rd r;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = write_file(folder, "hostname = a.b\n"
	    "unjudged = { \"192.0.2.0/24\", \"2001:db8::1\" }\n"
	    "nameservers = {\"192.0.2.53\", \"127.0.0.1@5353\"}\n"
	    "stub-zone \"x.test\" { servers = {\"::1@99\"} }\n"
	    "relay { port = 2025 tls = must private = true\n"
	    " source = \"192.0.2.1\" per-destination = 7 }\n"
	    "queue { retry-min = 10s retry-max = 1h give-up = 2d\n"
	    " delay-notice = 0 double-bounces = true }\n"
	    "route \"Example.net\" { }\n"
	    "route \"*\" { host = \"out.example.com\" tls = first user = me\n"
	    " password = \"s e\" fallback = \"[192.0.2.9]\"\n"
	    " refuse = \"not now\" }\n");
	assert_int_equal(conf_read(path, a, c, &err), 0);
	assert_str(c->unjudged, "192.0.2.0/24 2001:db8::1");
	r = rd_of(c->nameservers);
	assert_true(msg_take(&r, &nameserver_conf_shape, &server));
	assert_str(server.address, "192.0.2.53");
	assert_int_equal(server.port, 53);
	assert_true(msg_take(&r, &nameserver_conf_shape, &server));
	assert_int_equal(server.port, 5353);
	assert_true(msg_whole(c->stub_zones, &stub_conf_shape, &stub));
	assert_str(stub.zone, "x.test");
	assert_str(stub.address, "::1");
	assert_int_equal(stub.port, 99);
	assert_int_equal(c->relay_port, 2025);
	assert_int_equal(c->relay_tls, ROUTE_TLS_MUST);
	assert_true(c->relay_private);
	assert_str(c->source_v4, "192.0.2.1");
	assert_int_equal(c->host_connections, 7);
	assert_int_equal(c->retry_min_s, 10);
	assert_int_equal(c->retry_max_s, 3600);
	assert_int_equal(c->expire_s, 2 * 86400);
	assert_int_equal(c->notice_s, 0);
	assert_true(c->double_bounces);
	r = rd_of(c->routes);
	assert_true(msg_take(&r, &route_conf_shape, &route));
	assert_str(route.match, "example.net");
	assert_true(route.mx);
	assert_int_equal(route.port, 25);
	assert_true(msg_take(&r, &route_conf_shape, &route));
	assert_str(route.host, "out.example.com");
	assert_false(route.mx);
	assert_int_equal(route.port, 465);
	assert_str(route.password, "s e");
	assert_str(route.fallback, "[192.0.2.9]");
	assert_str(route.refuse, "not now");
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

static void
test_values(void **state)
{
	char folder[] = "/tmp/conf-XXXXXX", want[100];
	struct arena *a = arena_new(1 << 20);
	struct cert_conf cert;
	struct config c = { 0 };
	struct err err = { 0 };
	const char *path;
	struct rd r;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = write_file(folder,
	    "hostname = mail.example.org\n"
	    "data = mail\n"
	    "listen { kind = submission port = 587 }\n"
	    "listen { kind = submission port = 2525 address = \"::1\" }\n"
	    "certificate { chain = c.pem key = /k.pem }\n"
	    "max-message = 10K\nquota = 1G\ncompress = 0\n"
	    "mx-workers = 3\nlog-level = debug\n");
	assert_int_equal(conf_read(path, a, &c, &err), 0);
	assert_str(c.hostname, "mail.example.org");
	(void)snprintf(want, sizeof(want), "%s/mail", folder);
	assert_str(c.data, want);
	r = rd_of(c.listeners);
	check_listener(&r, LISTEN_SUBMISSION, "*", 587);
	check_listener(&r, LISTEN_SUBMISSION, "::1", 2525);
	assert_true(rd_done(&r));
	assert_true(msg_whole(c.certificates, &cert_conf_shape, &cert));
	(void)snprintf(want, sizeof(want), "%s/c.pem", folder);
	assert_str(cert.chain_path, want);
	assert_str(cert.key_path, "/k.pem");
	assert_int_equal(c.max_message, 10240);
	assert_int_equal(c.quota, 1 << 30);
	assert_int_equal(c.compress, 0);
	assert_int_equal(c.mx_workers, 3);
	assert_int_equal(c.log_level, LOG_DEBUG);
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

static void
test_defaults(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct config c;
	struct rd r;

	(void)state;
	conf_defaults(a, &c);
	r = rd_of(c.listeners);
	check_listener(&r, LISTEN_SMTP, "*", 25);
	check_listener(&r, LISTEN_SUBMISSIONS, "*", 465);
	check_listener(&r, LISTEN_SUBMISSION, "*", 587);
	check_listener(&r, LISTEN_SUBMISSION, "*", 2525);
	check_listener(&r, LISTEN_IMAP, "*", 143);
	check_listener(&r, LISTEN_IMAPS, "*", 993);
	check_listener(&r, LISTEN_POP3, "*", 110);
	check_listener(&r, LISTEN_POP3S, "*", 995);
	check_listener(&r, LISTEN_HTTP, "*", 80);
	check_listener(&r, LISTEN_HTTPS, "*", 443);
	assert_true(rd_done(&r));
	assert_int_equal(c.max_recipients, 1000);
	assert_true(c.mx_workers >= 1 && c.mx_workers <= 8);
	arena_free(a);
}

/* ---- the table ----------------------------------------------------------- */

static bool
has_range(const struct conf_option *o)
{
	return o->type == CONF_NUMBER || o->type == CONF_WORKERS ||
	    o->type == CONF_SIZE || o->type == CONF_TIME;
}

static bool
takes(const struct conf_option *o, const char *text)
{
	struct arena *a = arena_new(1 << 20);
	union {
		struct config config;
		union conf_record record;
	} into = { 0 };
	bool taken = conf_set(o, str_c(text), STR("/tmp"), a, &into, NULL);

	arena_free(a);
	return taken;
}

/* Every option says what it is, what holds without it, and within which
 * bounds; and keeps to them. */
static void
test_rows(void **state unused_arg)
{
	char text[30];

	for (size_t i = 0; i < conf_noptions; i++) {
		const struct conf_option *o = &conf_options[i];

		print_message("%s %s\n", conf_blocks[o->block].name, o->name);
		assert_in_range(strlen(o->help), 3, 65);
		assert_true(o->value || o->unset);
		assert_true(!o->value || takes(o, o->value));
		assert_true(o->low < o->high);
		assert_true(o->type != CONF_WORD || o->words);
		assert_int_equal(o->width, o->type < CONF_NUMBER ?
		    sizeof(struct str) : o->type == CONF_SIZE ? 8 :
		    o->type == CONF_BOOL ? 1 : o->width);
		if (o->type < CONF_NUMBER)
			continue;
		assert_true(o->width == 8 || o->high < 1ull << 8 * o->width);
		if (!has_range(o))
			continue;
		for (int more = 0; more <= 1; more++) {
			const char *s = o->type == CONF_TIME ? "s" : "";

			(void)snprintf(text, sizeof(text), "%llu%s",
			    (unsigned long long)o->high + (unsigned)more, s);
			assert_int_equal(takes(o, text), !more);
			(void)snprintf(text, sizeof(text), "%lld%s",
			    (long long)o->low - more, s);
			assert_int_equal(takes(o, text), !more);
		}
	}
}

/* Each field of struct config is an option's, a block's, or known to be none:
 * so a field that nobody can set is noticed. */
static void
test_fields(void **state unused_arg)
{
	static const char *const own[] = { "number", "resolver_workers",
		"relay_workers", "web_workers", "errand_workers" };

	for (size_t f = 0; f < config_shape.n; f++) {
		const struct msg_field *field = &config_shape.fields[f];
		unsigned found = 0;

		for (size_t i = 0; i < conf_noptions; i++)
			found += !conf_blocks[conf_options[i].block].shape &&
			    conf_options[i].offset == field->offset;
		for (size_t i = 0; i < CONF_BLOCKS; i++)
			found += conf_blocks[i].shape &&
			    conf_blocks[i].list == field->offset;
		for (size_t i = 0; i < NELEM(own); i++)
			found += str_eq(str_c(field->name), str_c(own[i]));
		print_message("%s\n", field->name);
		assert_int_equal(found, 1);
	}
}

static void
put_block(struct buf *b, enum conf_block block)
{
	const char *name = conf_blocks[block].name;

	if (block != CONF_FILE)
		buf_printf(b, "%s {\n", name);
	for (size_t i = 0; i < conf_noptions; i++)
		if (conf_options[i].block == block && conf_options[i].value)
			buf_printf(b, "%s = \"%s\"\n", conf_options[i].name,
			    conf_options[i].value);
	if (block != CONF_FILE)
		buf_lit(b, "}\n");
}

/* A file that says every default is the same as one that says nothing. */
static void
test_said_defaults(void **state unused_arg)
{
	char folder[] = "/tmp/conf-XXXXXX";
	struct arena *a = arena_new(1 << 20);
	auto_buf text = BUF_INIT(10000);
	auto_buf all = BUF_INIT(100000), none = BUF_INIT(100000);
	struct config c;
	struct err err = { 0 };
	const char *path;

	assert_non_null(mkdtemp(folder));
	path = write_file(folder, "hostname = a.b\n");
	assert_int_equal(conf_read(path, a, &c, &err), 0);
	msg_put(&none, &config_shape, &c);
	buf_lit(&text, "hostname = a.b\n");
	for (enum conf_block b = 0; b < CONF_BLOCKS; b++) {
		if (!conf_blocks[b].shape)
			put_block(&text, b);
		buf_str(&text, str_c(conf_blocks[b].value));
	}
	buf_chr(&text, '\0');
	path = write_file(folder, text.p);
	if (conf_read(path, a, &c, &err) < 0)
		print_error("%s\n", err.text);
	assert_int_equal(err.code, 0);
	msg_put(&all, &config_shape, &c);
	assert_true(str_eq(buf_get(&all), buf_get(&none)));
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

/* The example in dist/ is right, and says what the defaults are. */
static void
test_example(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct config c, *d = arena_new_of(a, struct config);
	struct err err = { 0 };

	if (conf_read(*state, a, &c, &err) < 0)
		print_error("%s\n", err.text);
	assert_int_equal(err.code, 0);
	conf_defaults(a, d);
	assert_strs(c.listeners, d->listeners);
	assert_int_equal(c.max_message, d->max_message);
	assert_int_equal(c.max_connections, d->max_connections);
	assert_int_equal(c.uid_base, d->uid_base);
	arena_free(a);
}

static const char *
in_folder(struct arena *a, const char *folder, const char *name)
{
	return str_dupz(a, arena_printf(a, "%s/%s", folder, name));
}

/* What it shows in comments is right as well. */
static void
test_example_uncommented(void **state)
{
	char folder[] = "/tmp/conf-XXXXXX", line[200];
	struct arena *a = arena_new(1 << 20);
	auto_buf text = BUF_INIT(100000);
	struct config c;
	struct err err = { 0 };
	FILE *example = fopen(*state, "r");
	static const char *const passwords[] = { "smarthost.password",
		"issuer.secret", "ldap.password", "proxy.password" };
	const char *path, *keys;

	assert_non_null(mkdtemp(folder));
	assert_non_null(example);
	while (fgets(line, sizeof(line), example))
		buf_str(&text, str_from(str_c(line), line[0] == '#' &&
		    line[1] != ' ' && line[1] != '\n'));
	buf_chr(&text, '\0');
	(void)fclose(example);
	for (size_t i = 0; i < NELEM(passwords); i++)
		assert_int_equal(symlink("/proc/self/comm", in_folder(a,
		    folder, passwords[i])), 0);
	keys = in_folder(a, folder, "issuer.jwks");
	assert_int_equal(rename(write_file(folder, "{\"keys\":[]}"), keys), 0);
	path = write_file(folder, text.p);
	if (conf_read(path, a, &c, &err) < 0)
		print_error("%s\n", err.text);
	assert_int_equal(err.code, 0);
	assert_true(c.nameservers.n > 0 && c.stub_zones.n > 0);
	assert_true(c.routes.n > 0 && c.certificates.n > 0);
	assert_true(c.oauth.n > 0);
	for (size_t i = 0; i < NELEM(passwords); i++)
		(void)unlink(in_folder(a, folder, passwords[i]));
	(void)unlink(keys);
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_leaving),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_said_defaults),
		cmocka_unit_test_prestate(test_example,
		    argc > 1 ? argv[1] : NULL),
		cmocka_unit_test_prestate(test_example_uncommented,
		    argc > 1 ? argv[1] : NULL),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
