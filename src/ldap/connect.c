#include "ldap/connect.h"

#include "ldap/ber.h"

enum { REQUEST_MAX = 64 * 1024, WORDS_MAX = 120, ENTRIES_MAX = 100000 };

struct ldap_link {
	struct stream *stream;
	struct buf in;		/* of a message that is not whole yet */
	uint32_t id;
};

/* Octets ------------------------------------------------------------------ */

static int
send_request(struct ldap_link *l, struct buf *b, struct err *err)
{
	int e = buf_failed(b) ? err_set(err, E_LIMIT, "a request is too "
	    "long") : stream_write(l->stream, buf_get(b));

	return e < 0 ? e : stream_flush(l->stream, err);
}

/* The next message, which is good until the next call. */
static int
receive(struct ldap_link *l, struct ldap_message *m, size_t *taken,
    struct err *err)
{
	buf_eat(&l->in, *taken);
	*taken = 0;
	for (;;) {
		struct str octets;
		size_t total;
		int e;

		if (ber_measure(buf_get(&l->in), LDAP_MESSAGE_MAX, &total)) {
			if (total == 0)
				return err_set(err, E_PROTO, "the LDAP "
				    "server's answer is none, or too long");
			if (l->in.n >= total) {
				*taken = total;
				break;
			}
		}
		e = stream_peek(l->stream, &octets, err);
		if (e < 0)
			return e == E_CLOSED ? err_set(err, E_CLOSED, "the "
			    "LDAP server has closed the connection") : e;
		buf_str(&l->in, octets);
		if (buf_failed(&l->in))
			return err_set(err, E_PROTO, "the LDAP server's "
			    "answer is too long");
		stream_eat(l->stream, octets.n);
	}
	return ldap_read(str_first(buf_get(&l->in), *taken), m) ? 0 :
	    err_set(err, E_PROTO, "the LDAP server's answer is none");
}

/* What the server gives as its reason, for people. */
static int
refused(struct err *err, const char *what, const struct ldap_message *m)
{
	char words[WORDS_MAX + 1];
	size_t n = m->words.n < WORDS_MAX ? m->words.n : WORDS_MAX;

	for (size_t i = 0; i < n; i++)
		words[i] = ascii_is_printable(m->words.p[i]) ? m->words.p[i] :
		    '?';
	words[n] = '\0';
	return err_set(err, E_DENIED, "%s: the LDAP server answers %u%s%s",
	    what, m->code, n ? ": " : "", words);
}

/* The one answer to a request. Who says what nobody asked (id 0: it is about to
 * close, RFC 4511 4.4.1) is no server to go on with. */
static int
one_answer(struct ldap_link *l, uint8_t op, uint32_t *code,
    struct ldap_message *m, struct err *err)
{
	size_t taken = 0;
	int e = receive(l, m, &taken, err);

	if (e < 0)
		return e;
	if (m->id == 0 && m->op == LDAP_EXTENDED_RESPONSE)
		return refused(err, "it ends the connection", m);
	if (m->id != l->id || m->op != op)
		return err_set(err, E_PROTO, "the LDAP server answers what "
		    "was not asked");
	*code = m->code;
	return 0;
}

/* The answer's octets, when what it says is not needed any more. */
static void
drop_answers(struct ldap_link *l)
{
	buf_reset(&l->in);
}

/* Beginning ---------------------------------------------------------------- */

static int
begin_tls(struct ldap_link *l, const struct ldap_server *s, struct err *err)
{
	auto_buf b = BUF_INIT(REQUEST_MAX);
	struct ldap_message m;
	uint32_t code = 0;
	int e = 0;

	if (s->conf.tls == LDAP_TLS_NONE || s->conf.tls == LDAP_TLS_CLEAR)
		return 0;
	if (s->conf.tls == LDAP_TLS_STARTTLS) {
		ldap_put_starttls(&b, ++l->id);
		e = send_request(l, &b, err);
		if (e == 0)
			e = one_answer(l, LDAP_EXTENDED_RESPONSE, &code, &m,
			    err);
		if (e == 0 && code != LDAP_SUCCESS)
			e = refused(err, "StartTLS", &m);
		/* Nothing said in clear survives. RFC 4511 4.14 */
		drop_answers(l);
	}
	return e < 0 ? e : stream_tls_connect(l->stream, s->tls, s->conf.name,
	    NULL, err);
}

static int
dial(const struct ldap_server *s, const struct host *host, int64_t until_ms,
    struct stream **out, struct err *err)
{
	struct transport *t;
	char room[48];
	int e = err_set(err, E_IO, "the LDAP server has no address");

	for (uint32_t i = 0; i < host->naddresses; i++) {
		/* Each has its part of the time. */
		int64_t now = loop_now_ms(s->loop);
		int64_t part = (until_ms - now) /
		    (int64_t)(host->naddresses - i);

		(void)host_address_text(&host->address[i], room);
		e = transport_dial(s->loop, room, (uint16_t)s->conf.port, "",
		    now + part, &t, err);
		if (e == 0)
			*out = stream_new(s->loop, t);
		if (e == 0 || e == E_CANCELED)
			return e;
	}
	return e;
}

static int
find_and_dial(const struct ldap_server *s, struct stream **out,
    int64_t until_ms, struct err *err)
{
	struct arena *a = arena_new(HOSTS_MEMORY + sizeof(struct hosts));
	struct hosts *h = arena_new_of(a, struct hosts);
	const struct self nobody = { NULL, 0 };
	int e = hosts_find(s->dns, s->loop, s->conf.server, false, &nobody, h,
	    a, until_ms, err);

	if (e == 0 && h->result != HOSTS_OK)
		e = err_set(err, E_IO, "%.*s: %.*s", STR_FMT(s->conf.server),
		    STR_FMT(str_first(h->why, 150)));
	if (e == 0)
		e = dial(s, &h->host[0], until_ms, out, err);
	arena_free(a);
	return e;
}

int
ldap_link_open(const struct ldap_server *s, struct ldap_link **out,
    int64_t until_ms, struct err *err)
{
	struct ldap_link *l = calloc(1, sizeof(*l));
	int e;

	bug_if(!l);
	buf_init(&l->in, LDAP_MESSAGE_MAX + REQUEST_MAX);
	e = find_and_dial(s, &l->stream, until_ms, err);
	if (e == 0) {
		stream_deadline(l->stream, until_ms);
		e = begin_tls(l, s, err);
	}
	if (e < 0) {
		stream_close(l->stream);
		l->stream = NULL;
		ldap_link_close(l);
		return e;
	}
	*out = l;
	return 0;
}

void
ldap_link_until(struct ldap_link *l, int64_t until_ms)
{
	stream_deadline(l->stream, until_ms);
}

void
ldap_link_close(struct ldap_link *l)
{
	auto_buf b = BUF_INIT(64);

	if (!l)
		return;
	if (l->stream && stream_failed(l->stream) == 0) {
		ldap_put_unbind(&b, ++l->id);
		(void)stream_offer(l->stream, buf_get(&b));
	}
	stream_close(l->stream);
	buf_free(&l->in);
	free(l);
}

/* Requests ----------------------------------------------------------------- */

int
ldap_link_bind(struct ldap_link *l, struct str dn, struct str password,
    uint32_t *code, struct err *err)
{
	auto_buf b = BUF_INIT(REQUEST_MAX);
	struct ldap_message m;
	int e;

	bug_if(password.n == 0);
	ldap_put_bind(&b, ++l->id, dn, password);
	e = send_request(l, &b, err);
	if (b.p)
		explicit_bzero(b.p, b.n);
	if (e == 0)
		e = one_answer(l, LDAP_BIND_RESPONSE, code, &m, err);
	/* Its words may be of use where it is the operator's own. */
	if (e == 0 && m.code != LDAP_SUCCESS)
		(void)refused(err, "login", &m);
	drop_answers(l);
	return e;
}

int
ldap_link_search(struct ldap_link *l, const struct ldap_search *s,
    void (*each)(void *arg, const struct ldap_message *entry), void *arg,
    struct arena *a, struct str *cookie, struct err *err)
{
	auto_buf b = BUF_INIT(REQUEST_MAX);
	struct ldap_message m = { 0 };
	size_t taken = 0, n = 0;
	int e;

	if (!ldap_put_search(&b, ++l->id, s))
		return err_set(err, E_INVALID, "the filter is none");
	e = send_request(l, &b, err);
	while (e == 0) {
		e = receive(l, &m, &taken, err);
		if (e < 0)
			break;
		if (m.id == 0 && m.op == LDAP_EXTENDED_RESPONSE)
			return refused(err, "it ends the connection", &m);
		if (m.id != l->id)
			return err_set(err, E_PROTO, "the LDAP server answers "
			    "what was not asked");
		if (m.op == LDAP_ENTRY)
			each(arg, &m);
		else if (m.op != LDAP_REFERENCE && m.op != LDAP_INTERMEDIATE)
			break;
		if (++n > ENTRIES_MAX)
			return err_set(err, E_LIMIT, "the LDAP server puts "
			    "too many entries into a page");
	}
	if (e == 0 && m.op != LDAP_SEARCH_DONE)
		e = err_set(err, E_PROTO, "the LDAP server answers what was "
		    "not asked");
	if (e == 0 && m.code != LDAP_SUCCESS)
		e = refused(err, "search", &m);
	if (e == 0)
		*cookie = str_dup(a, m.cookie);
	drop_answers(l);
	return e;
}
