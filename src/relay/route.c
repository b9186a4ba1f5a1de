#include "relay/route.h"

#include "base/crc32c.h"

enum { SMTP_PORT = 25, TLS_FIRST_PORT = 465 };

static bool
fits(struct str match, struct str domain)
{
	if (str_eq(match, STR("*")))
		return true;
	if (match.n > 0 && match.p[0] == '.')
		return domain.n > match.n && str_endsi(domain, match);
	return str_eqi(match, domain);
}

static uint16_t
port_or(uint32_t port, uint16_t other)
{
	return port > 0 && port <= UINT16_MAX ? (uint16_t)port : other;
}

/* How it leaves: what conf/ has made of it is whole. */
static struct egress_conf
egress_of(struct str proxy)
{
	struct egress_conf e = { .kind = EGRESS_DIRECT };

	if (proxy.n > 0 && !msg_whole(proxy, &egress_conf_shape, &e))
		e = (struct egress_conf){ .kind = EGRESS_DIRECT };
	return e;
}

/* RFC 5321 5.1 */
static struct route
by_mx(const struct config *c, struct str domain)
{
	return (struct route){
		.host = domain,
		.mx = true,
		.port = port_or(c->relay_port, SMTP_PORT),
		.tls = (enum route_tls)c->relay_tls,
		.published = c->relay_tls == ROUTE_TLS_MAY ||
		    c->relay_tls == ROUTE_TLS_MUST,
		.private = c->relay_private,
		.source_v4 = c->source_v4,
		.source_v6 = c->source_v6,
		.egress = egress_of(c->relay_proxy),
	};
}

static struct str
str_or(struct str s, struct str other)
{
	return s.n > 0 ? s : other;
}

/* What the row leaves out is as without it. */
static struct route
by_row(const struct config *c, const struct route_conf *row,
    struct str domain)
{
	struct route r = by_mx(c, domain);

	r.tls = (enum route_tls)row->tls;
	/* Other words about one domain are the operator's last. */
	r.lmtp = row->protocol == ROUTE_LMTP;
	r.published = r.tls == ROUTE_TLS_MAY && row->pin.n == 0 && !r.lmtp;
	/* RFC 8314 3.3: one that begins with TLS listens apart. */
	r.port = port_or(row->port,
	    r.tls == ROUTE_TLS_FIRST ? TLS_FIRST_PORT : r.port);
	r.host = str_or(row->host, domain);
	r.mx = row->mx;
	/* RFC 2033 5: of what LMTP is for nothing is public. */
	r.private = row->private || c->relay_private || r.lmtp;
	r.user = row->user;
	r.password = row->password;
	r.pin = row->pin;
	r.source_v4 = str_or(row->source_v4, r.source_v4);
	r.source_v6 = str_or(row->source_v6, r.source_v6);
	r.own_source = row->source_v4.n > 0 || row->source_v6.n > 0;
	r.pool = row->pool;
	r.fallback = row->fallback;
	r.fallback_port = port_or(row->fallback_port, r.port);
	r.refuse = row->refuse;
	if (row->proxy.n > 0)
		r.egress = egress_of(row->proxy);
	if (row->path.n > 0) {	/* it is on this machine */
		r.path = row->path;
		r.host = STR("[127.0.0.1]");
		r.port = (uint16_t)(crc32c(0, row->path.p, row->path.n) | 1);
		r.egress.kind = EGRESS_DIRECT;
	}
	return r;
}

void
route_of(const struct config *c, struct str domain, struct route *out)
{
	struct rd rd = rd_of(c->routes);
	struct route_conf row;

	while (rd_left(&rd) > 0 && msg_take(&rd, &route_conf_shape, &row))
		if (fits(row.match, domain)) {
			*out = by_row(c, &row, domain);
			return;
		}
	*out = by_mx(c, domain);
}

/* What is dialled on this way: a proxy in the place of all it leads to. */
static void
ports_of(const struct route *r, void (*fn)(void *arg, uint16_t port),
    void *arg)
{
	if (r->path.n > 0)
		return;
	if (r->egress.kind != EGRESS_DIRECT) {
		fn(arg, (uint16_t)r->egress.port);
		return;
	}
	fn(arg, r->port);
	if (r->fallback.n > 0)
		fn(arg, r->fallback_port);
}

void
route_ports(const struct config *c, void (*fn)(void *arg, uint16_t port),
    void *arg)
{
	struct rd rd = rd_of(c->routes);
	struct route_conf row;
	struct route r = by_mx(c, STR_NULL);

	ports_of(&r, fn, arg);
	while (rd_left(&rd) > 0 && msg_take(&rd, &route_conf_shape, &row)) {
		r = by_row(c, &row, STR_NULL);
		ports_of(&r, fn, arg);
	}
}

static bool
verifies(const struct route *r)
{
	return r->pin.n == 0 &&
	    (r->tls == ROUTE_TLS_VERIFY || r->tls == ROUTE_TLS_FIRST);
}

bool
route_verifies(const struct config *c)
{
	struct rd rd = rd_of(c->routes);
	struct route_conf row;
	struct route r = by_mx(c, STR_NULL);
	bool any = verifies(&r);

	while (!any && rd_left(&rd) > 0 &&
	    msg_take(&rd, &route_conf_shape, &row)) {
		r = by_row(c, &row, STR_NULL);
		any = verifies(&r);
	}
	return any;
}

/* Without the brackets of an address; a name as it is. */
static struct str
bare(struct str host)
{
	return str_starts(host, STR("[")) && host.n > 2 ?
	    str_make(host.p + 1, host.n - 2) : host;
}

struct str
egress_words(const struct route *r, struct str from, char room[EGRESS_WORDS])
{
	const struct egress_conf *x = &r->egress;
	struct str host = bare(x->host);
	bool six = str_chr(host, ':') < host.n;
	int n;

	if (x->kind == EGRESS_SOCKS5)	/* whose address it is, it knows */
		from = STR("");
	n = snprintf(room, EGRESS_WORDS, "%.*s", STR_FMT(from));
	if (x->kind != EGRESS_DIRECT)
		n += snprintf(room + n, EGRESS_WORDS - (size_t)n,
		    "%s%s://%s%.*s%s:%u", n > 0 ? " by " : "",
		    x->kind == EGRESS_SOCKS5 ? "socks5" : "haproxy",
		    six ? "[" : "", STR_FMT(host), six ? "]" : "", x->port);
	return str_make(room, (size_t)n);
}
