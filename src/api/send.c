/*
 * send.c - a message handed in by HTTP.                            doc/api.md
 *
 * What a request says is read (read.c), built (mime/build.h) and handed in as
 * any submission is (mail/outgoing.h). Nothing is sent before all of a message
 * is known to be right.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "mail/hold.h"
#include "mime/encode.h"
#include "smtp/trace.h"

enum { ANSWER_MAX = 8 << 20, TRACE_MAX = 2048, ID_OCTETS = 16 };

struct recipient {
	struct str address;
	enum rcpt_kind kind;
};

/* One request, on its way. */
struct sending {
	struct http_request *r;
	struct api *api;
	struct arena *mem;		/* of one message */
	struct api_message m;
	struct str key;			/* Idempotency-Key; empty: none */
	unsigned char digest[32];	/* of the whole request */
	char id[2 * ID_OCTETS + 1];	/* of this message */
	struct outgoing *out;
	struct recipient *rcpts;
	size_t taken;			/* of m.rcpts */
	bool held;			/* it may not leave later */
	struct buf answer;
};

/* ---- numbers that say: this request, this message ------------------------ */

/* SHA-256 of these, each with its length ahead. */
static void
digest_of(const struct sending *s, const struct str *texts, size_t n,
    unsigned char out[32])
{
	EVP_MD *md = EVP_MD_fetch(vault_ossl(s->api->vault), "SHA256", NULL);
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	bug_if(!md || !c || EVP_DigestInit_ex(c, md, NULL) != 1);
	for (size_t i = 0; i < n; i++) {
		uint64_t len = texts[i].n;

		bug_if(EVP_DigestUpdate(c, &len, sizeof(len)) != 1 ||
		    EVP_DigestUpdate(c, texts[i].p, texts[i].n) != 1);
	}
	bug_if(EVP_DigestFinal_ex(c, out, NULL) != 1);
	EVP_MD_CTX_free(c);
	EVP_MD_free(md);
}

static struct str
digest_text(const struct sending *s)
{
	return str_make((const char *)s->digest, sizeof(s->digest));
}

/* The id of a message, and the number of its change at store: random (0: any),
 * or with an Idempotency-Key the same each time. Nobody else's either way. */
static uint64_t
name_message(struct sending *s, uint64_t which)
{
	const struct account *a = s->r->account;
	const struct str number = { (const char *)&which, sizeof(which) };
	const struct str all[] = { s->key, number, digest_text(s),
		str_c(a->address) };
	unsigned char d[32];
	uint64_t random[2], change = 0;

	for (size_t i = 0; i < NELEM(random); i++)
		random[i] = loop_random64(a->loop);
	memcpy(d, random, sizeof(random));
	if (s->key.n > 0)
		digest_of(s, all, NELEM(all), d);
	for (size_t i = 0; i < ID_OCTETS; i++)
		(void)snprintf(s->id + 2 * i, 3, "%02x", d[i]);
	if (s->key.n == 0)
		return 0;
	/* Of the key alone: with it, another request is a mistake. Above all
	 * numbers that grow with time (store_change_id()). */
	digest_of(s, all, 2, d);
	memcpy(&change, d, sizeof(change));
	return change | (uint64_t)1 << 63;
}

/* ---- refusals ------------------------------------------------------------ */

/* Texts of theirs are in it, which may be cut anywhere. */
static void
put_words(struct buf *out, struct str s)
{
	auto_buf b = BUF_INIT(4096);

	for (size_t i = 0; i < s.n; i++)
		buf_chr(&b, (unsigned char)s.p[i] < 0x80 ? s.p[i] : '?');
	http_json_str(out, buf_get(&b));
}

/* RFC 9457 3; pointer: RFC 6901 6, as its example has it. */
static struct http_answer
refuse(struct sending *s, uint16_t status, const char *title,
    const char *pointer, const char *detail)
{
	auto_buf b = BUF_INIT(8192), at = BUF_INIT(API_POINTER_MAX + 1);

	buf_printf(&b, "{\"status\":%u,\"title\":\"%s\",\"detail\":", status,
	    title);
	put_words(&b, str_c(detail));
	if (pointer[0]) {
		buf_printf(&at, "#%s", pointer);
		buf_lit(&b, ",\"pointer\":");
		put_words(&b, buf_get(&at));
	}
	buf_lit(&b, "}\n");
	bug_if(buf_failed(&b));
	return (struct http_answer){ status, STR("application/problem+json"),
		str_dup(s->r->mem, buf_get(&b)) };
}

static struct http_answer
unprocessable(struct sending *s, const char *pointer, const char *detail)
{
	return refuse(s, 422, "Unprocessable Content", pointer, detail);
}

static struct http_answer
refuse_key(struct sending *s)
{
	return http_problem(s->r, 400, "The Idempotency-Key is too long");
}

/* What a message was refused for. */
static struct http_answer
refuse_message(struct sending *s, int e, struct err *err)
{
	if (s->held)
		return unprocessable(s, "/send_at", err->text);
	switch (e) {
	case E_DENIED:
		return refuse(s, 403, "Forbidden", "/from", err->text);
	case E_INVALID:
	case E_EXISTS:
		return unprocessable(s, "", err->text);
	case E_LIMIT:
		return refuse(s, 413, "Content Too Large", "", err->text);
	case E_RATE:
		http_add_field(s->r, STR("Retry-After"), STR("600"));
		return refuse(s, 429, "Too Many Requests", "", err->text);
	case E_NOTFOUND:	/* what was staged gave way to others */
		(void)err_set(err, E_LIMIT, "staged octets gave way");
		break;
	default:
		break;
	}
	return http_fail(s->r, "submit", err);
}

/* ---- recipients ---------------------------------------------------------- */

static const struct {
	const char *status, *detail;	/* NULL: they get it */
} kinds[] = {
	[RCPT_LOCAL] = { NULL, NULL },
	[RCPT_REMOTE] = { NULL, NULL },
	[RCPT_NO_USER] = { "5.1.1", "No such mailbox here" },
	[RCPT_NO_DOMAIN] = { "5.7.1", "Relaying denied" },
	[RCPT_FULL] = { "4.2.2", "Mailbox full" },
	[RCPT_NO_MAIL] = { "5.1.10", "The domain takes no mail" },
};

static void
note_refused(struct sending *s, const struct recipient *to)
{
	struct origin o;
	struct journal_ask j = { .event = JOURNAL_refused,
		.from = s->m.from, .address = to->address,
		.code = to->kind == RCPT_NO_MAIL ? 556 :
		    kinds[to->kind].status[0] == '4' ? 452 : 550,
		.text = str_c(kinds[to->kind].detail) };

	http_origin(s->r, &o);
	j.session = o.session;
	j.peer = o.peer;
	log_ctx_event(http_log(s->r), LOG_INFO, "refused",
	    F_STR("to", to->address), F_STR("from", s->m.from),
	    F_INT("code", j.code), F_STR("text", j.text));
	store_notify(s->r->account->store, STORE_journal, &j);
}

static int
name_recipients(struct sending *s, struct err *err)
{
	int e = 0;

	s->taken = 0;
	s->rcpts = arena_array(s->mem, s->m.rcpts.n, sizeof(*s->rcpts));
	for (size_t i = 0; i < s->m.rcpts.n && e == 0; i++) {
		struct recipient *to = &s->rcpts[i];
		const struct addressee ask = { .address = s->m.rcpts.v[i] };

		to->address = ask.address;
		e = outgoing_recipient(s->out, &ask, &to->kind, err);
		if (e < 0)
			break;
		if (to->kind == 0 || (size_t)to->kind >= NELEM(kinds) ||
		    (to->kind > RCPT_REMOTE && !kinds[to->kind].status))
			to->kind = RCPT_NO_USER;
		if (kinds[to->kind].status)
			note_refused(s, to);
		else
			s->taken++;
	}
	return e;
}

static void
put_recipients(struct sending *s)
{
	struct buf *b = &s->answer;

	for (size_t i = 0; i < s->m.rcpts.n; i++) {
		const struct recipient *to = &s->rcpts[i];

		buf_str(b, i ? STR(",{\"address\":") : STR("{\"address\":"));
		http_json_str(b, to->address);
		if (!kinds[to->kind].status)
			buf_lit(b, ",\"accepted\":true}");
		else
			buf_printf(b, ",\"accepted\":false,\"status\":\"%s\","
			    "\"detail\":\"%s\"}", kinds[to->kind].status,
			    kinds[to->kind].detail);
	}
}

/* ---- one message --------------------------------------------------------- */

static int
write_on(void *arg, struct str octets, struct err *err)
{
	return outgoing_write(((struct sending *)arg)->out, octets, err);
}

static int
write_message(struct sending *s, struct err *err)
{
	const struct build_options o = { .id = str_c(s->id),
		.host = str_c(s->api->hostname),
		.at = loop_wall(s->r->account->loop), .emit = write_on,
		.arg = s };

	return s->m.body ? build_message(&o, s->m.fields, s->m.nfields,
	    s->m.body, err) : outgoing_write(s->out, s->m.ready, err);
}

/* The trace field that every server puts on top.               RFC 5321 4.4 */
static void
write_trace(struct sending *s, const struct origin *from)
{
	struct tls_facts tls = http_tls(s->r);
	auto_buf b = BUF_INIT(TRACE_MAX);
	const struct smtp_trace t = {
		.peer = s->api->hide_client ? STR_NULL : from->peer,
		.host = str_c(s->api->hostname), .with = from->protocol,
		.tls_version = tls.version, .tls_cipher = tls.cipher,
		.id = str_c(s->id),
		.only_rcpt = outgoing_only_recipient(s->out),
		.at = loop_wall(s->r->account->loop) };

	smtp_trace_put(&b, &t);
	bug_if(buf_failed(&b));
	outgoing_front(s->out, buf_get(&b));
}

/* s->m goes out, as number `which` of this request: status 202, with what
 * became of it at the end of s->answer, or a refusal. */
static struct http_answer
send_one(struct sending *s, size_t which)
{
	struct outgoing_options o = { .account = s->r->account,
		.log = http_log(s->r), .hostname = str_c(s->api->hostname),
		.compress = s->api->compress,
		.max_message = s->api->max_message };
	const struct envelope envelope = { .reverse_path = s->m.from,
		.hold_until = s->m.send_at };
	const struct hold_limits limits = { s->api->hold_longest_s,
		loop_wall(o.account->loop) };
	struct err err = { 0 };
	uint64_t message;
	int e;

	o.change = name_message(s, which);
	o.id = str_c(s->id);
	if (o.change)
		o.request = digest_text(s);
	http_origin(s->r, &o.origin);
	e = hold_check(o.account->store, &envelope, 0, &limits, s->mem, &err);
	s->held = e == E_INVALID || e == E_LIMIT;
	if (e == 0)
		e = outgoing_begin(&o, &envelope, &s->out, &err);
	if (e == 0 && (e = name_recipients(s, &err)) == 0 && s->taken > 0) {
		write_trace(s, &o.origin);
		e = write_message(s, &err);
		if (e == 0)
			e = outgoing_commit(s->out, &message, &err);
	}
	outgoing_end(s->out);
	s->out = NULL;
	if (e < 0)
		return refuse_message(s, e, &err);
	buf_lit(&s->answer, "{");
	if (s->taken > 0)
		buf_printf(&s->answer, "\"message\":%llu,",
		    (unsigned long long)message);
	if (s->taken > 0 && s->m.body)
		buf_printf(&s->answer, "\"message_id\":\"<%s@%s>\",", s->id,
		    s->api->hostname);
	buf_lit(&s->answer, "\"recipients\":[");
	put_recipients(s);
	buf_lit(&s->answer, "]}");
	return (struct http_answer){ .status = 202 };
}

/* Somebody gets it: 202; nobody does: 422, with the same that says why. */
static struct http_answer
say_result(struct sending *s, size_t taken)
{
	buf_lit(&s->answer, "\n");
	bug_if(buf_failed(&s->answer));
	http_begin(s->r, taken > 0 ? 202 : 422, STR("application/json"));
	(void)http_write(s->r, buf_get(&s->answer));
	return HTTP_BEGUN;
}

/* ---- requests ------------------------------------------------------------ */

/* Idempotency-Key: who did not hear the answer asks again with the same. */
static struct sending *
begin_sending(struct http_request *r)
{
	struct sending *s = arena_new_of(r->mem, struct sending);

	s->r = r;
	s->api = r->route->of;
	s->mem = arena_new(API_READ_MEM);
	s->answer = BUF_INIT(ANSWER_MAX);
	if (!http_field_of(&r->head, STR("Idempotency-Key"), &s->key))
		s->key = STR_NULL;
	if (s->key.n > 0 && s->key.n <= API_KEY_MAX)
		digest_of(s, (const struct str[]){ r->head.path,
			r->head.query, r->body }, 3, s->digest);
	return s;
}

static void
end_sending(struct sending *s)
{
	buf_free(&s->answer);
	arena_free(s->mem);
}

/* One message for each of n recipients. Nothing goes out before all of them
 * could be read. */
static struct http_answer
send_each(struct sending *s, const json_t *request, size_t n)
{
	struct api_fault fault = { 0 };
	struct http_answer a;
	size_t taken = 0;

	if (s->key.n == 0)
		return unprocessable(s, "/each", "With each, an "
		    "Idempotency-Key is needed");
	for (size_t i = 0; i < n; i++) {
		arena_reset(s->mem);
		if (!api_read(request, (int)i, 1, s->mem, &s->m, &fault))
			return unprocessable(s, fault.pointer, fault.detail);
		fiber_yield(s->r->account->loop);
	}
	buf_lit(&s->answer, "{\"messages\":[");
	for (size_t i = 0; i < n; i++) {
		arena_reset(s->mem);
		if (!api_read(request, (int)i, 1, s->mem, &s->m, &fault))
			bug("a message that was read is none");
		if (i > 0)
			buf_lit(&s->answer, ",");
		a = send_one(s, i);
		if (a.status != 202)
			return a;
		taken += s->taken;
	}
	buf_lit(&s->answer, "]}");
	return say_result(s, taken);
}

static struct http_answer
send_request(struct sending *s, const json_t *request)
{
	struct api_fault fault = { 0 };
	struct http_answer a;
	size_t each;

	if (!request)
		return http_problem(s->r, 400, "The body is no JSON");
	if (!api_read_each(request, &each, &fault))
		return unprocessable(s, fault.pointer, fault.detail);
	if (each > 0)
		return send_each(s, request, each);
	if (!api_read(request, API_ALL, s->api->max_recipients, s->mem, &s->m,
	    &fault))
		return unprocessable(s, fault.pointer, fault.detail);
	a = send_one(s, 0);
	return a.status == 202 ? say_result(s, s->taken) : a;
}

static struct http_answer
send_ready(struct sending *s)
{
	struct api_fault fault = { 0 };
	struct encode_survey survey = { 0 };
	struct http_answer a;

	if (!api_read_query(s->r->head.query, s->api->max_recipients, s->mem,
	    &s->m, &fault))
		return unprocessable(s, "", fault.detail);
	encode_look(&survey, s->r->body);
	if (!encode_is_lines(&survey))
		return unprocessable(s, "", "A message is lines of 998 octets "
		    "at most that end with CRLF, without NUL");
	s->m.ready = s->r->body;
	a = send_one(s, 0);
	return a.status == 202 ? say_result(s, s->taken) : a;
}

/* POST /api/v1/send */
static struct http_answer
send_json(struct http_request *r)
{
	struct sending *s = begin_sending(r);
	json_t *request = json_take(r->body);
	struct http_answer a = s->key.n > API_KEY_MAX ? refuse_key(s) :
	    send_request(s, request);

	json_decref(request);
	end_sending(s);
	return a;
}

/* POST /api/v1/send/message?from=...&to=... */
static struct http_answer
send_message(struct http_request *r)
{
	struct sending *s = begin_sending(r);
	struct http_answer a = s->key.n > API_KEY_MAX ? refuse_key(s) :
	    send_ready(s);

	end_sending(s);
	return a;
}

const struct http_route api_routes[] = {
	{ HTTP_POST, STR("/api/v1/send"), HTTP_PERSON,
	    STR("application/json"), API_JSON_MAX, .run = send_json },
	{ HTTP_POST, STR("/api/v1/send/message"), HTTP_PERSON,
	    STR("message/rfc822"), API_MESSAGE_MAX, .run = send_message },
	{ HTTP_GET, STR("/api/v1/later"), HTTP_PERSON, STR_NULL, 0,
	    .run = api_list_later },
	{ HTTP_DELETE, STR("/api/v1/later/*"), HTTP_PERSON, STR_NULL, 0,
	    .run = api_cancel_later },
};
const size_t api_nroutes = NELEM(api_routes);

/* ---- what all requests have in common ------------------------------------ */

void
api_configure(struct api *a, const struct config *c)
{
	(void)snprintf(a->hostname, sizeof(a->hostname), "%.*s",
	    STR_FMT(c->hostname));
	a->max_message = c->max_message;
	a->max_recipients = c->max_recipients < SUBMIT_RCPTS_MAX ?
	    c->max_recipients : SUBMIT_RCPTS_MAX;
	a->compress = c->compress;
	a->hold_longest_s = c->hold_longest_s;
	a->hide_client = c->hide_client;
}

struct api *
api_new(struct vault *v, const struct config *c)
{
	struct api *a = calloc(1, sizeof(*a));

	bug_if(!a);
	a->vault = v;
	api_configure(a, c);
	return a;
}

void
api_free(struct api *a)
{
	free(a);
}
