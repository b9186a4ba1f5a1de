#include "rt/handover.h"

#include "base/ip.h"
#include "rt/client_hello.h"

enum {
	FRONTS_MAX = 8,
	HELLO_MS = 60 * 1000,	/* as long as a handshake may take */
	HAND_MS = 5000,
	HANDING_MAX = 32,	/* at a time; each has a fiber that waits */
	FROM_WEB = 1,
};

MSG_SHAPE(handover_ask);
MSG_SHAPE(handover_answer);

const struct ipc_call handover_call = { "hand_over", 0, &handover_ask_shape,
	&handover_answer_shape, FROM_WEB, 0, 1 };

struct handover {
	struct role *role;
	struct listeners *listeners;	/* front's; NULL: this is web's end */
	struct ipc *peer[FRONTS_MAX];
	size_t next, handing;
};

/* IANA's names (RFC 7301 6); of submission there is none but "smtp". */
static const struct protocol {
	const char *name;
	enum listen_kind kind;
} protocols[] = {
	{ "imap", LISTEN_IMAPS },
	{ "pop3", LISTEN_POP3S },
	{ "smtp", LISTEN_SUBMISSIONS },
};

static bool
is_of_protocol(uint32_t kind)
{
	for (size_t i = 0; i < NELEM(protocols); i++)
		if (protocols[i].kind == kind)
			return true;
	return false;
}

/* Is it served at all? What the operator has at no port is not at this one. */
static bool
is_served(const struct config *c, uint32_t kind)
{
	struct rd r = rd_of(c->listeners);
	struct listener_conf l;

	while (rd_left(&r) > 0 && msg_take(&r, &listener_conf_shape, &l))
		if (l.kind == kind)
			return c->https_alpn;
	return false;
}

static const struct protocol *
find_protocol(const struct config *c, const char *name)
{
	for (size_t i = 0; i < NELEM(protocols); i++)
		if (strcmp(protocols[i].name, name) == 0)
			return is_served(c, protocols[i].kind) ?
			    &protocols[i] : NULL;
	return NULL;
}

/* The first of the client's that is front's. Who names HTTP as well has come to
 * where that is. */
static const struct protocol *
choose(const struct config *c, const struct client_hello *h)
{
	const struct protocol *p = NULL;

	for (size_t i = 0; i < h->n; i++) {
		struct str name = str_c(h->name[i]);

		if (str_eq(name, STR("h2")) || str_starts(name, STR("http/")))
			return NULL;
		if (!p)
			p = find_protocol(c, h->name[i]);
	}
	return p;
}

/* Web's end ---------------------------------------------------------------- */

/* One that does not take it leaves it to the next. */
static int
hand_to_any(struct handover *h, const struct handover_ask *ask, int fd,
    struct err *err)
{
	struct loop *l = h->role->loop;
	int64_t until = loop_now_ms(l) + HAND_MS;
	struct arena *a = arena_new(4096);
	int rc = err_set(err, E_PEER, "no front is there");

	for (size_t i = 0; i < FRONTS_MAX && rc < 0; i++) {
		struct ipc *front = h->peer[h->next++ % FRONTS_MAX];
		struct handover_answer answer;

		if (!front)
			continue;
		rc = ipc_call(front, &handover_call, ask, fd, &answer, a, NULL,
		    until, err);
		if (rc == E_TIMEOUT || rc == E_CANCELED)
			break;	/* it may have it already */
	}
	arena_free(a);
	return rc;
}

static void
hand_over(struct handover *h, struct stream *s, const struct peer *peer,
    const struct protocol *p)
{
	struct handover_ask ask = { p->kind, str_c(peer->address), peer->port,
		str_c(peer->local), peer->local_port, stream_buffered(s) };
	struct err err = { 0 };
	int fd = stream_socket(s), rc;

	/* From here on it counts as front's. */
	visit_end(peer->visit);
	h->handing++;
	if (fd < 0 || ask.octets.n > HANDOVER_OCTETS ||
	    h->handing > HANDING_MAX)
		rc = err_set(&err, E_BUSY, "too many at a time");
	else
		rc = hand_to_any(h, &ask, fd, &err);
	h->handing--;
	if (rc < 0)
		log_event(h->role->log, LOG_WARN, "handing_failed",
		    F_STR("peer", str_c(peer->address)),
		    F_STR("protocol", str_c(p->name)), F_ERR(&err));
	else
		log_event(h->role->log, LOG_DEBUG, "handed_over",
		    F_STR("peer", str_c(peer->address)),
		    F_STR("protocol", str_c(p->name)));
}

bool
handover_look(struct handover *h, struct stream *s, const struct peer *peer)
{
	enum hello_state state = HELLO_MORE;
	const struct protocol *p;
	struct client_hello hello;
	struct str octets = STR_NULL;
	struct err err = { 0 };

	if (!h->role->config.https_alpn)
		return false;
	stream_deadline(s, loop_now_ms(h->role->loop) + HELLO_MS);
	while (state == HELLO_MORE &&
	    stream_peek_behind(s, octets.n, &octets, &err) == 0)
		state = client_hello_read(octets, &hello);
	if (state != HELLO_WHOLE)
		return false;
	p = choose(&h->role->config, &hello);
	if (p)
		hand_over(h, s, peer, p);
	return p != NULL;
}

/* Front's end -------------------------------------------------------------- */

/* Who it is from, by the kernel, or by a proxy of the operator's whose word web
 * has heard. */
static int
look_at_peer(const struct handover *h, const struct handover_ask *ask, int fd,
    struct peer *peer, struct err *err)
{
	struct str proxies = h->role->config.proxies;
	struct ip ip;

	if (!peer_of_socket(fd, peer))
		return err_set(err, E_INVALID, "no connection");
	if (str_eq(str_c(peer->address), ask->address))
		return 0;
	if (proxies.n == 0 || !ip_parse(str_c(peer->address), &ip) ||
	    !ip_is_among(&ip, proxies) || !ip_parse(ask->address, &ip))
		return err_set(err, E_DENIED, "it is from %s, not from %.*s",
		    peer->address, STR_FMT(ask->address));
	(void)snprintf(peer->address, sizeof(peer->address), "%.*s",
	    STR_FMT(ask->address));
	(void)snprintf(peer->local, sizeof(peer->local), "%.*s",
	    STR_FMT(ask->local));
	peer->port = (uint16_t)ask->port;
	peer->local_port = (uint16_t)ask->local_port;
	return 0;
}

static void
take_one(void *owner, struct ipc_req *req)
{
	struct handover *h = owner;
	const struct handover_ask *ask = req->ask;
	const struct handover_answer answer = { 0 };
	struct err err = { 0 };
	struct peer peer;
	int fd = req->nfds > 0 ? req->fds[0] : -1, rc;

	if (fd < 0 || !is_of_protocol(ask->kind) ||
	    !is_served(&h->role->config, ask->kind))
		rc = err_set(&err, E_INVALID, "nothing of that kind");
	else
		rc = look_at_peer(h, ask, fd, &peer, &err);
	if (rc < 0) {
		log_event(h->role->log, LOG_WARN, "handed_refused",
		    F_ERR(&err));
	} else {
		req->fds[0] = -1;
		rc = listeners_take(h->listeners, (enum listen_kind)ask->kind,
		    fd, &peer, ask->octets, &err);
	}
	if (rc < 0)
		ipc_fail(req, rc, err.text);
	else
		ipc_reply(req, &answer, -1);
}

/* Both --------------------------------------------------------------------- */

/* Front answers, and asks nothing. */
static void
drop_ask(void *owner unused_arg, struct ipc_req *req)
{
	ipc_drop(req);
}

static void
peer_gone(void *owner, struct ipc *ipc, const char *why unused_arg)
{
	struct handover *h = owner;

	for (size_t i = 0; i < FRONTS_MAX; i++)
		if (h->peer[i] == ipc)
			h->peer[i] = NULL;
	ipc_close(ipc);
}

void
handover_peer(struct handover *h, uint32_t index, int fd)
{
	static const struct ipc_service takes = { &handover_call, 1,
		take_one, peer_gone };
	static const struct ipc_service asks = { NULL, 0, drop_ask,
		peer_gone };
	struct ipc_options o = { .service = h->listeners ? &takes : &asks,
		.owner = h, .authority = FROM_WEB };
	struct err err = { 0 };

	if (index >= FRONTS_MAX) {
		(void)close(fd);
		return;
	}
	if (h->peer[index])
		ipc_close(h->peer[index]);
	h->peer[index] = ipc_open(h->role->loop, fd, &o, &err);
	if (!h->peer[index])
		log_event(h->role->log, LOG_ERROR, "peer_failed", F_STR("role",
		    h->listeners ? STR("web") : STR("front")), F_ERR(&err));
}

static struct handover *
handover_new(struct role *r, struct listeners *ls)
{
	struct handover *h = calloc(1, sizeof(*h));

	bug_if(!h);
	h->role = r;
	h->listeners = ls;
	return h;
}

struct handover *
handover_to_fronts(struct role *r)
{
	return handover_new(r, NULL);
}

struct handover *
handover_from_web(struct role *r, struct listeners *ls)
{
	return handover_new(r, ls);
}

void
handover_free(struct handover *h)
{
	for (size_t i = 0; h && i < FRONTS_MAX; i++)
		if (h->peer[i])
			ipc_close(h->peer[i]);
	free(h);
}
