#include "rt/listeners.h"

#include "base/ip.h"
#include "base/timetext.h"
#include "rt/bans.h"
#include "rt/proxy.h"

enum { SOCKETS_MAX = 32, RETRY_MS = 200 };
enum { NEEDS_MAX = 2, LOOK_MS = 5000, LOST_MS = 30000,
	REFUSAL_MS = 1000 };

struct listening {
	struct listeners *all;
	const struct listener_kind *kind;
	struct listener *listener;
	int fd;			/* waiting for ready(); -1 then */
};

struct need {
	const struct reconnect *peer;
	int64_t seen_ms;	/* when it was last up */
};

struct listeners {
	struct role *role;
	const struct listener_kind *kinds;
	size_t nkinds;
	int (*ready)(void *arg, struct err *err);
	void *arg;
	struct limits *limits;
	struct bans *bans;	/* NULL: none */
	enum ban_door door;
	struct listening socket[SOCKETS_MAX];
	size_t n;
	struct listening *handed;	/* by kind: what others accepted */
	size_t nhanded;			/* connections of these */
	struct fiber *renewing;		/* NULL: not now */
	bool serving, again, stopping;
	struct need need[NEEDS_MAX];
	size_t nneeds;
	struct timer look;
};

struct connection {
	struct listening *from;
	struct visit visit;
};

void
connection_done(void *connection)
{
	struct connection *c = connection;

	visit_end(&c->visit);
	if (c->from->listener)
		listener_done(c->from->listener);
	else
		c->from->all->nhanded--;
	free(c);
}

/* Where TLS comes first there is nothing that they would read. */
static void
send_away(struct listening *k, struct stream *s, const char *address,
    enum limit by, const char *refusal, const char *words)
{
	struct role *r = k->all->role;
	int64_t now = loop_now_ms(r->loop);

	limits_log(k->all->limits, r->log, now, by, address);
	if (refusal) {
		stream_deadline(s, now + REFUSAL_MS);
		(void)stream_printf(s, "%s%s\r\n", refusal, words);
		(void)stream_flush(s, NULL);
	}
	stream_close(s);
}

static const char *const too_many[LIMIT_N] = {
	[LIMIT_ADDRESS] = "Too many connections from your address",
	[LIMIT_NETWORK] = "Too many connections from your network",
	[LIMIT_TOTAL] = "Too many connections, try again later",
};

/* What they can do about it; not what the operator wrote down about them. */
static void
put_ban(struct buf *b, const struct ban *ban)
{
	static const char *const words[BAN_WHYS] = {
		[BAN_recipients] = " for sending to too many unknown "
		    "recipients",
		[BAN_logins] = " for too many failed logins",
		[BAN_errors] = " for too many errors",
	};
	struct ip ip;
	uint32_t bits;

	ban_network(ban, &ip, &bits);
	buf_lit(b, "Your network ");
	ip_put_network(b, &ip, bits);
	buf_printf(b, " is banned%s", ban->why < BAN_WHYS && words[ban->why] ?
	    words[ban->why] : "");
	if (ban->until == INT64_MAX)
		return;
	buf_lit(b, " until ");
	time_rfc3339(b, ban->until);
}

static bool
is_banned(const struct listeners *ls, const char *address, struct ban *ban)
{
	return bans_find(ls->bans, address, ls->door,
	    loop_wall(ls->role->loop), ban);
}

/* Is nobody from there to come in? Then they have been told. */
static bool
refuse_banned(struct listening *k, struct stream *s, const char *address)
{
	const struct listener_kind *kind = k->kind;
	auto_buf b = BUF_INIT(REFUSAL_WORDS_MAX);
	struct ban ban;

	if (!is_banned(k->all, address, &ban))
		return false;
	put_ban(&b, &ban);
	buf_chr(&b, '\0');
	send_away(k, s, address, LIMIT_BAN, ban.until == INT64_MAX &&
	    kind->banned ? kind->banned : kind->refusal, buf_get(&b).p);
	return true;
}

/* May it say for whom it comes? */
static bool
is_proxy(const struct listeners *ls, const struct peer *peer)
{
	struct ip ip;

	return ls->role->config.proxies.n > 0 &&
	    ip_parse(str_c(peer->address), &ip) &&
	    ip_is_among(&ip, ls->role->config.proxies);
}

/* Then it has to, before anything else: false if it does not. *who becomes
 * whom it names, for limits, logs, and all that is decided by address. */
static bool
hear_proxy(struct listeners *ls, struct stream *s, struct peer *who)
{
	struct proxy_header h = { .state = PROXY_MORE };
	struct role *r = ls->role;
	struct err err = { 0 };
	struct str octets;
	size_t used;

	stream_deadline(s, loop_now_ms(r->loop) + PROXY_MS);
	while (h.state == PROXY_MORE && stream_peek(s, &octets, &err) == 0) {
		(void)proxy_feed(&h, octets, &used);
		stream_eat(s, used);
	}
	if (h.state == PROXY_SAID) {
		(void)snprintf(who->address, sizeof(who->address), "%s",
		    h.from);
		(void)snprintf(who->local, sizeof(who->local), "%s", h.to);
		who->port = h.from_port;
		who->local_port = h.to_port;
	} else if (h.state != PROXY_SAME) {
		log_event(r->log, LOG_WARN, "proxy_failed",
		    F_STR("peer", str_c(who->address)), F_STR("error",
		    str_c(h.state == PROXY_BAD ? "no PROXY header" :
			err.text)));
		return false;
	}
	return true;
}

/* It is known whose it is: they are let in or not. Ends c, or start() does. */
static void
let_in(struct connection *c, struct stream *s, struct peer *who)
{
	struct listening *k = c->from;
	struct listeners *ls = k->all;
	enum limit by;

	who->visit = &c->visit;
	if (refuse_banned(k, s, who->address)) {
		connection_done(c);
		return;
	}
	by = visit_begin(&c->visit, ls->limits, who->address,
	    loop_wall(ls->role->loop));
	if (by != LIMIT_NONE) {
		send_away(k, s, who->address, by, k->kind->refusal,
		    too_many[by]);
		connection_done(c);
		return;
	}
	if (k->kind->elsewhere && k->kind->elsewhere(ls->arg, s, who)) {
		stream_close(s);
		connection_done(c);
		return;
	}
	k->kind->start(ls->arg, c, s, who, k->kind->rule);
}

static void
accepted(void *arg, struct stream *s, const struct peer *peer)
{
	struct listening *k = arg;
	struct connection *c = calloc(1, sizeof(*c));
	struct peer who = *peer;

	bug_if(!c);
	c->from = k;
	if (is_proxy(k->all, peer) && !hear_proxy(k->all, s, &who)) {
		stream_close(s);
		connection_done(c);
		return;
	}
	let_in(c, s, &who);
}

/* A connection of others on its way to its first fiber. */
struct handed {
	struct connection *c;
	struct stream *s;
	struct peer peer;
};

static void
handed_over(void *arg)
{
	struct handed *h = arg;

	let_in(h->c, h->s, &h->peer);
	free(h);
}

static struct listening *
handed_kind(struct listeners *ls, enum listen_kind kind)
{
	for (size_t i = 0; i < ls->nkinds; i++)
		if (ls->kinds[i].kind == kind)
			return &ls->handed[i];
	return NULL;
}

int
listeners_take(struct listeners *ls, enum listen_kind kind, int fd,
    const struct peer *peer, struct str octets, struct err *err)
{
	struct listening *k = handed_kind(ls, kind);
	struct loop *l = ls->role->loop;
	struct transport *t;
	struct handed *h;
	int rc = 0;

	if (!k)
		rc = err_set(err, E_NOTFOUND, "nothing of that kind");
	else if (!ls->serving || ls->stopping ||
	    ls->nhanded >= ls->role->config.max_connections)
		rc = err_set(err, E_BUSY, "not now");
	if (rc < 0) {
		(void)close(fd);
		return rc;
	}
	if ((rc = transport_socket(l, fd, &t, err)) < 0)
		return rc;
	h = calloc(1, sizeof(*h));
	bug_if(!h || !(h->c = calloc(1, sizeof(*h->c))));
	h->c->from = k;
	h->peer = *peer;
	h->s = stream_new(l, t);
	stream_leave_at_stop(h->s);
	stream_came(h->s, octets);
	ls->nhanded++;
	(void)fiber_spawn(l, "handed", handed_over, h);
	return 0;
}

enum limit
visit_of_other(struct visit *v, const char *address, struct buf *why,
    bool *for_good)
{
	struct connection *c = container_of(v, struct connection, visit);
	struct listeners *ls = c->from->all;
	struct loop *l = ls->role->loop;
	enum limit by = LIMIT_BAN;
	struct ban ban;

	*for_good = false;
	visit_end(v);
	if (is_banned(ls, address, &ban)) {
		put_ban(why, &ban);
		*for_good = ban.until == INT64_MAX;
	} else {
		by = visit_begin(v, ls->limits, address, loop_wall(l));
		if (by != LIMIT_NONE)
			buf_str(why, str_c(too_many[by]));
	}
	if (by != LIMIT_NONE)
		limits_log(ls->limits, ls->role->log, loop_now_ms(l), by,
		    address);
	return by;
}

static void
accept_on_all(struct listeners *ls)
{
	struct role *r = ls->role;
	struct err err = { 0 };

	for (size_t i = 0; i < ls->n && !ls->stopping; i++) {
		struct listening *k = &ls->socket[i];

		if (k->fd < 0)
			continue;
		k->listener = listener_new(r->loop, k->fd,
		    r->config.max_connections, accepted, k, &err);
		k->fd = -1;
		if (!k->listener)
			log_event(r->log, LOG_ERROR, "listen_failed",
			    F_ERR(&err));
	}
}

/* The peers it asks may come up after us. */
static void
renew(void *arg)
{
	struct listeners *ls = arg;
	struct loop *l = ls->role->loop;
	struct err err = { 0 };

	while (ls->again) {
		ls->again = false;
		if (ls->ready(ls->arg, &err) == 0) {
			ls->serving = true;
			accept_on_all(ls);
			continue;
		}
		if (ls->stopping)
			break;
		log_event(ls->role->log, LOG_WARN, "certificates_failed",
		    F_ERR(&err));
		if (fiber_sleep(l, loop_now_ms(l) + RETRY_MS) == E_CANCELED ||
		    loop_stopping(l))
			break;
		ls->again = true;
	}
	ls->renewing = NULL;
}

void
listeners_renew(struct listeners *ls)
{
	ls->again = true;
	if (ls->renewing || ls->stopping)
		return;
	ls->renewing = fiber_spawn(ls->role->loop, "certificates", renew, ls);
}

static void
look(struct timer *t)
{
	struct listeners *ls = container_of(t, struct listeners, look);
	struct loop *l = ls->role->loop;
	int64_t now = loop_now_ms(l);

	for (size_t i = 0; i < ls->nneeds; i++) {
		struct need *n = &ls->need[i];

		if (reconnect_up(n->peer))
			n->seen_ms = now;
		if (now - n->seen_ms < LOST_MS)
			continue;
		log_event(ls->role->log, LOG_ERROR, "peer_lost",
		    F_STR("peer", str_c(n->peer->kind->name)));
		loop_stop(l);
		return;
	}
	timer_set(l, &ls->look, now + LOOK_MS, look);
}

void
listeners_need(struct listeners *ls, const struct reconnect *peer)
{
	int64_t now = loop_now_ms(ls->role->loop);

	bug_if(ls->nneeds == NEEDS_MAX);
	ls->need[ls->nneeds++] = (struct need){ peer, now };
	timer_set(ls->role->loop, &ls->look, now + LOOK_MS, look);
}

struct listeners *
listeners_new(struct role *r, const struct listener_kind *kinds, size_t nkinds,
    int (*ready)(void *arg, struct err *err), void *arg)
{
	struct listeners *ls = calloc(1, sizeof(*ls));

	bug_if(!ls);
	ls->role = r;
	ls->kinds = kinds;
	ls->nkinds = nkinds;
	ls->ready = ready;
	ls->arg = arg;
	ls->handed = calloc(nkinds, sizeof(*ls->handed));
	bug_if(!ls->handed);
	for (size_t i = 0; i < nkinds; i++)
		ls->handed[i] = (struct listening){ ls, &kinds[i], NULL, -1 };
	ls->limits = limits_new(r->shared, kinds[0].kind == LISTEN_SMTP ?
	    LIMITS_SMTP : LIMITS_PEOPLE, kinds[0].kind == LISTEN_HTTP ?
	    LIMITS_WEB : r->index, &r->config);
	r->shared = -1;
	if (r->bans >= 0)
		ls->bans = bans_new(r->bans, false);
	ls->door = kinds[0].kind == LISTEN_SMTP ? BAN_mail : BAN_people;
	r->bans = -1;
	listeners_renew(ls);
	return ls;
}

void
listeners_add(struct listeners *ls, enum listen_kind kind, int fd)
{
	const struct listener_kind *k = NULL;

	for (size_t i = 0; i < ls->nkinds && !k; i++)
		if (ls->kinds[i].kind == kind)
			k = &ls->kinds[i];
	if (!k || ls->n == SOCKETS_MAX) {
		(void)close(fd);
		return;
	}
	ls->socket[ls->n++] = (struct listening){ ls, k, NULL, fd };
	if (ls->serving)
		accept_on_all(ls);
}

void
listeners_stop(struct listeners *ls)
{
	ls->stopping = true;
	if (ls->renewing)	/* it may wait for who has gone */
		fiber_cancel(ls->role->loop, ls->renewing);
	for (size_t i = 0; i < ls->n; i++)
		if (ls->socket[i].listener)
			listener_stop(ls->socket[i].listener);
}

void
listeners_free(struct listeners *ls)
{
	for (size_t i = 0; i < ls->n; i++)
		listener_close(ls->socket[i].listener);
	timer_clear(ls->role->loop, &ls->look);
	limits_free(ls->limits);
	bans_free(ls->bans);
	free(ls->handed);
	free(ls);
}
