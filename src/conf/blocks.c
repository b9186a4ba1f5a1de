/*
 * blocks.c - the ends of blocks: what their options say together.
 */
#include <errno.h>
#include <fcntl.h>

#include "conf/option.h"
#include "ldap/filter.h"

enum { PASSWORD_MAX = 1000 };

static bool
is_loopback(struct str address)
{
	return str_eq(address, STR("localhost")) ||
	    str_eq(address, STR("::1")) || str_starts(address, STR("127."));
}

/* Has a the addresses of b? */
static bool
has_address(struct str a, struct str b)
{
	bool six = str_chr(b, ':') < b.n;

	if (str_eq(a, STR("*")) || str_eq(a, b))
		return true;
	if (str_eq(a, STR("localhost")))
		return str_eq(b, STR("127.0.0.1")) || str_eq(b, STR("::1"));
	if (str_eq(b, STR("localhost")))
		return str_eq(a, STR("0.0.0.0")) || str_eq(a, STR("::"));
	return str_eq(a, six ? STR("::") : STR("0.0.0.0"));
}

static int
end_listen_at_path(struct conf_reader *r, struct listener_conf *l,
    struct err *err)
{
	struct rd others = rd_of(conf_list(r, CONF_LISTEN));
	struct listener_conf other;

	if (l->kind != LISTEN_LMTP)
		return err_set(err, E_INVALID, "a path is for kind = lmtp");
	if (conf_given(r, CONF_LISTEN, "port") ||
	    conf_given(r, CONF_LISTEN, "address") ||
	    conf_given(r, CONF_LISTEN, "tls"))
		return err_set(err, E_INVALID, "a path stands alone: without "
		    "address, port and tls");
	while (rd_left(&others) > 0 &&
	    msg_take(&others, &listener_conf_shape, &other))
		if (str_eq(other.path, l->path))
			return err_set(err, E_INVALID, "this path is another "
			    "block's already");
	l->tls = LISTEN_TLS_NONE;
	conf_append(r, CONF_LISTEN, l);
	return 0;
}

int
conf_end_listen(struct conf_reader *r, void *record, struct err *err)
{
	struct listener_conf *l = record;
	struct rd others = rd_of(conf_list(r, CONF_LISTEN));
	struct listener_conf other;

	if (l->kind == 0)
		return err_set(err, E_INVALID, "kind is missing");
	if (l->kind == LISTEN_LMTP && !conf_given(r, CONF_LISTEN, "address"))
		l->address = STR("localhost");
	if (l->path.n > 0)
		return end_listen_at_path(r, l, err);
	if (l->port == 0)
		return err_set(err, E_INVALID, "port is missing");
	/* RFC 2033 5 */
	if (l->kind == LISTEN_LMTP && l->port == 25)
		return err_set(err, E_INVALID, "port 25 is for SMTP, and "
		    "never for LMTP");
	if (l->tls != LISTEN_TLS_LOGIN && !is_loopback(l->address))
		return err_set(err, E_INVALID, "tls = may or none wants an "
		    "address of loopback: localhost");
	if (l->tls != LISTEN_TLS_LOGIN && (l->kind == LISTEN_SUBMISSIONS ||
	    l->kind == LISTEN_IMAPS || l->kind == LISTEN_POP3S ||
	    l->kind == LISTEN_HTTPS || l->kind == LISTEN_NO_MAIL ||
	    (l->kind == LISTEN_HTTP && l->tls == LISTEN_TLS_NONE) ||
	    ((l->kind == LISTEN_SMTP || l->kind == LISTEN_LMTP) &&
	    l->tls == LISTEN_TLS_MAY)))
		return err_set(err, E_INVALID, "this kind cannot have this "
		    "tls");
	while (rd_left(&others) > 0 &&
	    msg_take(&others, &listener_conf_shape, &other))
		if (other.port == l->port &&
		    (has_address(other.address, l->address) ||
		    has_address(l->address, other.address)))
			return err_set(err, E_INVALID, "port %u is another "
			    "block's already", l->port);
	conf_append(r, CONF_LISTEN, l);
	return 0;
}

int
conf_end_certificate(struct conf_reader *r, void *record, struct err *err)
{
	const struct cert_conf *c = record;

	if (c->chain_path.n == 0 || c->key_path.n == 0)
		return err_set(err, E_INVALID, "expected chain and key, two "
		    "files");
	conf_append(r, CONF_CERTIFICATE, c);
	return 0;
}

static int
check_zone(struct str zone, const char *example, struct err *err)
{
	return conf_is_name(zone) ? 0 : err_set(err, E_INVALID, "expected a "
	    "zone like \"%s\", not \"%.*s\"", example,
	    STR_FMT(str_first(zone, 60)));
}

int
conf_end_stub(struct conf_reader *r, void *record, struct err *err)
{
	struct conf_stub *c = record;
	struct rd servers = rd_of(c->servers);
	struct nameserver_conf s;

	if (check_zone(c->stub.zone, "intern.example", err) < 0)
		return err->code;
	if (c->servers.n == 0)
		return err_set(err, E_INVALID, "expected servers = { address, "
		    "... }");
	while (rd_left(&servers) > 0 &&
	    msg_take(&servers, &nameserver_conf_shape, &s)) {
		c->stub.address = s.address;
		c->stub.port = s.port;
		conf_append(r, CONF_STUB, &c->stub);
	}
	return 0;
}

int
conf_end_dns_list(struct conf_reader *r, void *record, struct err *err)
{
	const struct dns_list_conf *l = record;
	struct rd others = rd_of(conf_list(r, CONF_DNS_LIST));
	struct dns_list_conf other;
	size_t n = 0;

	if (check_zone(l->zone, "list.example", err) < 0)
		return err->code;
	while (rd_left(&others) > 0 &&
	    msg_take(&others, &dns_list_conf_shape, &other)) {
		n++;
		if (str_eqi(other.zone, l->zone) && other.of == l->of &&
		    str_eq(other.answers, l->answers))
			return err_set(err, E_INVALID, "this list stands "
			    "above already");
	}
	if (n == DNS_LISTS_MAX)
		return err_set(err, E_INVALID, "more than %d lists",
		    DNS_LISTS_MAX);
	conf_append(r, CONF_DNS_LIST, l);
	return 0;
}

int
conf_end_relay(struct conf_reader *r, void *record, struct err *err)
{
	struct config *c = record;
	int rc = conf_proxy_check(&c->relay_proxy, c->relay_proxy_password,
	    conf_memory(r), err);

	c->relay_proxy_password = STR("");
	return rc;
}

int
conf_end_queue(struct conf_reader *r, void *record, struct err *err)
{
	struct config *c = record;

	if (conf_given(r, CONF_QUEUE, "give-up") &&
	    conf_given(r, CONF_QUEUE, "retry-min") &&
	    c->expire_s < c->retry_min_s)
		return err_set(err, E_INVALID, "give-up is less than "
		    "retry-min: nothing would be tried twice");
	if (conf_given(r, CONF_QUEUE, "delay-notice") &&
	    conf_given(r, CONF_QUEUE, "give-up") &&
	    c->notice_s >= c->expire_s)
		return err_set(err, E_INVALID, "delay-notice is not less than "
		    "give-up: it would never be sent; 0 says so");
	if (c->retry_max_s >= c->retry_min_s)
		return 0;
	if (conf_given(r, CONF_QUEUE, "retry-max"))
		return err_set(err, E_INVALID, "retry-max is less than "
		    "retry-min");
	c->retry_max_s = c->retry_min_s;
	return 0;
}

int
conf_first_line(const char *option, const char *path, struct arena *a,
    struct str *out, struct err *err)
{
	char text[PASSWORD_MAX + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (n < 0)
		(void)err_sys(err, E_IO, "%s %s", option, path);
	if (fd >= 0)
		(void)close(fd);
	if (n < 0)
		return err->code;
	*out = str_make(text, (size_t)n);
	*out = str_trim(str_first(*out, str_chr(*out, '\n')));
	if (out->n == 0 || out->n > PASSWORD_MAX)
		return err_set(err, E_INVALID, "%s %s: expected a "
		    "password on its first line", option, path);
	*out = str_dup(a, *out);
	return 0;
}

/* Whom it is for, and that a block before does not have them all. */
static int
check_match(struct conf_reader *r, struct str match, struct err *err)
{
	struct rd before = rd_of(conf_list(r, CONF_ROUTE));
	struct str name = match;
	struct route_conf other;

	if (str_starts(name, STR(".")))
		name = str_from(name, 1);
	if (!str_eq(match, STR("*")) && !conf_is_name(name))
		return err_set(err, E_INVALID, "expected \"example.org\", "
		    "\".example.org\" or \"*\", not \"%.*s\"",
		    STR_FMT(str_first(match, 60)));
	while (rd_left(&before) > 0 &&
	    msg_take(&before, &route_conf_shape, &other))
		if (str_eq(other.match, STR("*")) ||
		    str_eqi(other.match, match))
			return err_set(err, E_INVALID, "no mail would come "
			    "here: the block for \"%.*s\" before has it all",
			    STR_FMT(str_first(other.match, 60)));
	return 0;
}

enum { PIN_DIGITS = 64, PINS_MAX = 4 };

/* One space between, small letters: what relay compares. */
static int
read_pins(struct arena *a, struct str *pins, struct err *err)
{
	struct str rest = str_trim(str_lower(a, *pins)), one;
	auto_buf b = BUF_INIT(PINS_MAX * (PIN_DIGITS + 1));

	while (rest.n > 0) {
		(void)str_cut(rest, ' ', &one, &rest);
		for (size_t i = 0; i < one.n; i++)
			if (ascii_hex(one.p[i]) < 0)
				one.n = i;
		if (one.n != PIN_DIGITS)
			return err_set(err, E_INVALID, "pin: expected a "
			    "SHA-256, 64 digits of hex");
		buf_printf(&b, "%s%.*s", b.n ? " " : "", STR_FMT(one));
		rest = str_trim(rest);
	}
	if (buf_failed(&b))
		return err_set(err, E_INVALID, "pin: at most %d", PINS_MAX);
	*pins = str_dup(a, buf_get(&b));
	return 0;
}

static bool
insists_on_tls(uint32_t tls)
{
	return tls == ROUTE_TLS_MUST || tls == ROUTE_TLS_VERIFY ||
	    tls == ROUTE_TLS_FIRST;
}

/* A password goes to whom it is meant for and to nobody else. Whose name MX
 * records give is for DNS to say, which may be anybody. RFC 7817 4 */
static int
check_secret(const struct route_conf *r, struct err *err)
{
	if (r->pin.n > 0)
		return insists_on_tls(r->tls) ? 0 : err_set(err, E_INVALID,
		    "a pin needs tls = must, verify or first");
	if (r->user.n == 0)
		return 0;
	if (r->tls != ROUTE_TLS_VERIFY && r->tls != ROUTE_TLS_FIRST)
		return err_set(err, E_INVALID, "a password goes to a verified "
		    "certificate only: tls = verify or first; or with a pin "
		    "also must");
	if (r->mx || r->host.n == 0)
		return err_set(err, E_INVALID, "a password goes to a host of "
		    "the operator's only: host = \"smtp.provider.example\" "
		    "and no mx; or with a pin");
	return 0;
}

/* A socket in the file system: nothing on the way to it is to be chosen. */
static int
check_path(struct conf_reader *r, struct route_conf *route, struct err *err)
{
	static const char *const others[] = { "host", "port", "mx", "tls",
		"private", "user", "pin", "source", "source6", "fallback",
		"fallback-port", "refuse", "pool",
		"proxy" };

	if (route->protocol != ROUTE_LMTP)
		return err_set(err, E_INVALID, "a path is for protocol = "
		    "lmtp");
	for (size_t i = 0; i < NELEM(others); i++)
		if (conf_given(r, CONF_ROUTE, others[i]))
			return err_set(err, E_INVALID, "a path stands alone, "
			    "without %s", others[i]);
	route->tls = ROUTE_TLS_NONE;
	route->mx = false;
	return 0;
}

/* It is where the operator says, and nowhere else. RFC 2033 5 */
static int
check_lmtp(struct conf_reader *reader, struct route_conf *r, struct err *err)
{
	if (r->path.n > 0)
		return check_path(reader, r, err);
	if (r->protocol != ROUTE_LMTP)
		return 0;
	if (r->mx || r->host.n == 0 || r->port == 0)
		return err_set(err, E_INVALID, "protocol = lmtp wants a path, "
		    "or a host and a port, and no mx");
	if (r->port == 25)
		return err_set(err, E_INVALID, "port 25 is for SMTP, and "
		    "never for LMTP");
	return 0;
}

int
conf_end_route(struct conf_reader *r, void *record, struct err *err)
{
	struct conf_route *c = record;
	bool password = conf_given(r, CONF_ROUTE, "password");
	bool file = conf_given(r, CONF_ROUTE, "password-file");
	const bool user = c->route.user.n > 0;

	if (check_match(r, c->route.match, err) < 0)
		return err->code;
	if (user ? password == file : password || file)
		return err_set(err, E_INVALID, "user goes with password or "
		    "password-file");
	if (user && !conf_given(r, CONF_ROUTE, "tls"))
		c->route.tls = ROUTE_TLS_VERIFY;
	/* Of the domain itself the MX are meant, of a host itself. */
	if (!conf_given(r, CONF_ROUTE, "mx"))
		c->route.mx = c->route.host.n == 0;
	if (read_pins(conf_memory(r), &c->route.pin, err) < 0 ||
	    check_secret(&c->route, err) < 0 ||
	    check_lmtp(r, &c->route, err) < 0)
		return err->code;
	if (c->route.pool.n > 0 && !conf_pool_is_there(r, c->route.pool))
		return err_set(err, E_INVALID, "there is no pool \"%.*s\" "
		    "above", STR_FMT(c->route.pool));
	if (c->route.pool.n > 0 &&
	    (c->route.source_v4.n > 0 || c->route.source_v6.n > 0))
		return err_set(err, E_INVALID, "it has a pool, or a source");
	if (conf_proxy_check(&c->route.proxy, c->route.proxy_password,
	    conf_memory(r), err) < 0)
		return err->code;
	c->route.proxy_password = STR("");
	if (c->route.port == 0)
		c->route.port = c->route.tls == ROUTE_TLS_FIRST ? 465 : 25;
	if (file && conf_first_line("password-file",
	    str_dupz(conf_memory(r), c->password_file), conf_memory(r),
	    &c->route.password, err) < 0)
		return err->code;
	conf_append(r, CONF_ROUTE, &c->route);
	return 0;
}

/* Its password, and everybody's, go there. */
static int
check_ldap_tls(const struct ldap_conf *l, struct err *err)
{
	struct str s = l->server;

	if (l->tls != LDAP_TLS_NONE)
		return 0;
	if (s.n > 2 && s.p[0] == '[')
		s = str_make(s.p + 1, s.n - 2);
	return is_loopback(s) ? 0 : err_set(err, E_INVALID, "tls = none wants "
	    "a server of this machine, \"[127.0.0.1]\"; what goes to another "
	    "in clear is said by tls = clear");
}

static int
check_ldap_filter(const struct ldap_conf *l, struct err *err)
{
	auto_buf b = BUF_INIT(32768);

	return ldap_filter_put(l->filter, &b) ? 0 : err_set(err, E_INVALID,
	    "expected a filter like (objectClass=person), not %.*s",
	    STR_FMT(str_first(l->filter, 80)));
}

int
conf_end_ldap(struct conf_reader *r, void *record, struct err *err)
{
	struct conf_ldap *c = record;
	bool password = conf_given(r, CONF_LDAP, "password");
	bool file = conf_given(r, CONF_LDAP, "password-file");
	const bool who = c->ldap.bind_dn.n > 0;

	if (conf_list(r, CONF_LDAP).n > 0)
		return err_set(err, E_INVALID, "there is an ldap block above");
	if (c->ldap.server.n == 0 || c->ldap.base.n == 0)
		return err_set(err, E_INVALID, "expected server and base");
	if (who ? password == file : password || file)
		return err_set(err, E_INVALID, "bind-dn goes with password or "
		    "password-file");
	if (check_ldap_tls(&c->ldap, err) < 0 ||
	    check_ldap_filter(&c->ldap, err) < 0)
		return err->code;
	if (c->ldap.port == 0)
		c->ldap.port = c->ldap.tls == LDAP_TLS_FIRST ? 636 : 389;
	if (c->ldap.name.n == 0)
		c->ldap.name = c->ldap.server;
	if (file && conf_first_line("password-file",
	    str_dupz(conf_memory(r), c->password_file), conf_memory(r),
	    &c->ldap.password, err) < 0)
		return err->code;
	if (who && c->ldap.password.n == 0)
		return err_set(err, E_INVALID, "an empty password would be "
		    "nobody's (RFC 4513 5.1.2)");
	conf_append(r, CONF_LDAP, &c->ldap);
	return 0;
}

/* The name of a file, as libpam makes it (it knows no capitals). */
static bool
is_service(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') &&
		    !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    s.p[i] != '-' && s.p[i] != '_')
			return false;
	return s.n > 0;
}

int
conf_end_pam(struct conf_reader *r, void *record, struct err *err)
{
	struct pam_conf *c = record;

	if (conf_list(r, CONF_PAM).n > 0)
		return err_set(err, E_INVALID, "there is a pam block above");
	if (!is_service(c->service))
		return err_set(err, E_INVALID, "service: expected small "
		    "letters, digits, - and _, not %.*s", STR_FMT(c->service));
	conf_append(r, CONF_PAM, c);
	return 0;
}
