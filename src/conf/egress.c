/*
 * egress.c - how connections leave: a proxy, as it is written.
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
