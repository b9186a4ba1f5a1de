/*
 * egress.c - how connections leave: a proxy as it is written, and pools of
 * addresses.
 */
#include "base/ip.h"
#include "conf/option.h"
#include "dns/name.h"

enum { SOCKS_PORT = 1080, WORD_MAX = 255 };

/* A name, "192.0.2.1", "[2001:db8::1]"; as everybody else has it. */
static bool
read_host(struct str text, struct arena *a, struct str *host)
{
	struct ip ip;

	if (ip_parse(text, &ip)) {
		*host = arena_printf(a, "[%.*s]", STR_FMT(text));
		return !ip.v6;	/* where would its port begin? */
	}
	return dns_a_label(str_dup(a, text), a, host) && conf_is_host(*host);
}

/* "host:port", or "host" where there is a usual port. */
static bool
read_place(struct str text, uint32_t usual, struct arena *a,
    struct egress_conf *e)
{
	size_t colon = str_rchr(text, ':');
	struct str host = text;

	e->port = usual;
	if (colon < text.n && str_rchr(text, ']') < text.n &&
	    colon < str_rchr(text, ']'))
		colon = text.n;
	if (colon < text.n) {
		host = str_first(text, colon);
		if (!str_u32(str_from(text, colon + 1), &e->port))
			return false;
	}
	return e->port > 0 && e->port <= UINT16_MAX &&
	    read_host(host, a, &e->host);
}

bool
conf_proxy_read(struct str text, struct arena *a, struct str *out)
{
	struct egress_conf e = { .kind = EGRESS_DIRECT };
	auto_buf b = BUF_INIT(2000);
	struct str rest = text;
	size_t at;

	if (str_starts(text, STR("socks5://"))) {
		e.kind = EGRESS_SOCKS5;
		rest = str_from(text, STR("socks5://").n);
		at = str_rchr(rest, '@');
		if (at < rest.n) {
			(void)str_cut(str_first(rest, at), ':', &e.user,
			    &e.password);
			rest = str_from(rest, at + 1);
			if (e.user.n == 0 || e.user.n > WORD_MAX ||
			    e.password.n > WORD_MAX)
				return false;
		}
		if (!read_place(rest, SOCKS_PORT, a, &e))
			return false;
	} else if (str_starts(text, STR("haproxy://"))) {
		e.kind = EGRESS_HAPROXY;
		rest = str_from(text, STR("haproxy://").n);
		if (!read_place(rest, 0, a, &e))
			return false;
	} else if (!str_eqi(text, STR("none"))) {
		return false;
	}
	msg_put(&b, &egress_conf_shape, &e);
	*out = str_dup(a, buf_get(&b));
	return true;
}

int
conf_proxy_check(struct str *proxy, struct str password, struct arena *a,
    struct err *err)
{
	struct egress_conf e = { .kind = EGRESS_DIRECT };
	auto_buf b = BUF_INIT(2000);

	if (proxy->n > 0)
		(void)msg_whole(*proxy, &egress_conf_shape, &e);
	if (password.n > 0 && (e.user.n == 0 || e.password.n > 0))
		return err_set(err, E_INVALID, "proxy-password-file is for a "
		    "proxy = socks5://user@host without a password");
	if (e.user.n > 0 && password.n == 0 && e.password.n == 0)
		return err_set(err, E_INVALID, "the user of the proxy wants a "
		    "password: in a proxy-password-file");
	if (password.n == 0)
		return 0;
	e.password = password;
	msg_put(&b, &egress_conf_shape, &e);
	*proxy = str_dup(a, buf_get(&b));
	return 0;
}

/* ---- pools --------------------------------------------------------------- */

bool
conf_source_read(struct str text, struct arena *a, struct str *list)
{
	struct source_conf s = { .hello = STR("") };
	auto_buf b = BUF_INIT(8000);
	struct str name;
	struct ip ip;

	if (str_cut(text, '@', &s.address, &name) &&
	    (!dns_a_label(str_dup(a, name), a, &s.hello) ||
	    !conf_is_hostname(s.hello)))
		return false;
	if (!ip_parse(s.address, &ip))
		return false;
	buf_str(&b, *list);
	msg_put(&b, &source_conf_shape, &s);
	*list = str_dup(a, buf_get(&b));
	return !buf_failed(&b);
}

/* The pool above that has this sender, or none. */
static struct str
pool_of(struct conf_reader *r, struct str sender)
{
	struct rd rd = rd_of(conf_list(r, CONF_POOL));
	struct pool_conf p;

	while (rd_left(&rd) > 0 && msg_take(&rd, &pool_conf_shape, &p))
		while (p.senders.n > 0)
			if (str_eqi(str_next(&p.senders, ' '), sender))
				return p.name;
	return STR_NULL;
}

bool
conf_pool_is_there(struct conf_reader *r, struct str name)
{
	struct rd rd = rd_of(conf_list(r, CONF_POOL));
	struct pool_conf p;

	while (rd_left(&rd) > 0 && msg_take(&rd, &pool_conf_shape, &p))
		if (str_eq(p.name, name))
			return true;
	return false;
}

static int
check_addresses(struct str list, struct err *err)
{
	struct rd rd = rd_of(list), before;
	struct source_conf s, other;
	size_t n = 0, kind[2] = { 0 };

	for (; rd_left(&rd) > 0 && msg_take(&rd, &source_conf_shape, &s);
	    n++) {
		before = rd_of(list);
		for (size_t i = 0; i < n &&
		    msg_take(&before, &source_conf_shape, &other); i++)
			if (str_eqi(other.address, s.address))
				return err_set(err, E_INVALID, "%.*s stands "
				    "there twice", STR_FMT(s.address));
		if (++kind[str_chr(s.address, ':') < s.address.n] >
		    POOL_SOURCES_MAX)
			return err_set(err, E_INVALID, "a pool has %d "
			    "addresses of IPv4 at most, and as many of IPv6",
			    POOL_SOURCES_MAX);
	}
	return n > 0 ? 0 : err_set(err, E_INVALID, "expected addresses = { "
	    "\"192.0.2.1\", ... }");
}

int
conf_end_pool(struct conf_reader *r, void *record, struct err *err)
{
	const struct pool_conf *p = record;
	struct str senders = p->senders;

	if (p->name.n > POOL_NAME_MAX)
		return err_set(err, E_INVALID, "a name has %d octets at most",
		    POOL_NAME_MAX);
	if (conf_pool_is_there(r, p->name))
		return err_set(err, E_INVALID, "there is a pool of this name "
		    "above");
	if (check_addresses(p->addresses, err) < 0)
		return err->code;
	while (senders.n > 0) {
		struct str one = str_next(&senders, ' ');
		struct str other = pool_of(r, one);

		if (other.n > 0)
			return err_set(err, E_INVALID, "%.*s is a sender of "
			    "the pool \"%.*s\" already",
			    STR_FMT(str_first(one, 60)), STR_FMT(other));
	}
	conf_append(r, CONF_POOL, p);
	return 0;
}
