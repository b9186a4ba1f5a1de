#include "mail/submit.h"

#include "mail/answerable.h"
#include "mime/solicitation.h"

enum {
	/* Every recipient is an address, at most 320 octets, its ORCPT, and a
	 * record. */
	SUBMIT_MEM = 16 * 1024 + SUBMIT_RCPTS_MAX * (448 + 500),
	SUBMIT_TRIES = 3,
};

struct rcpt {
	struct rcpt *next;
	struct addressee to;
	uint64_t handle;	/* of the store generation below */
	bool leaves, reads, remote;
	enum each each;		/* what became of it: submit_each() */
};

struct submission {
	struct deposit_options o;
	struct arena *mem;
	struct envelope envelope;
	uint64_t size_octets;	/* announced; 0: unknown */
	uint64_t most_octets;	/* that it may have; 0: any */
	struct rcpt *rcpts, **last;
	uint32_t nrcpts;
	struct str host;	/* whose recipients are counted; empty */
	bool asked;		/* for one of them */
	struct submit_pace pace;
	uint64_t generation;	/* of store, at the first recipient */
	struct deposit *text;	/* NULL: nothing of it yet */
	struct deposit_facts facts;
	struct str signature_7bit;
	struct str front, words;	/* submit_judged() */
	bool junk, forged, hold, read;
	struct wrote wrote;		/* submit_weighed() */
	struct str handed_by;
	struct str traits;		/* submit_traits() */
	enum lesson lesson;
	struct standing standing;
	struct str dmarc;
	uint64_t change;		/* submit_once(); 0: one of its own */
	struct str request;
	uint64_t email, thread;		/* submit_made_of() */
	bool each, refuse;		/* submit_each() */
};

struct submission *
submit_begin(const struct deposit_options *o, const struct envelope *e,
    uint64_t size_octets)
{
	struct arena *mem = arena_new(SUBMIT_MEM);
	struct submission *sub = arena_new_of(mem, struct submission);

	sub->o = *o;
	sub->o.answerable = answerable_sender(e->reverse_path);
	sub->mem = mem;
	sub->envelope = *e;
	MSG_KEEP(envelope, mem, &sub->envelope);
	sub->size_octets = size_octets;
	sub->last = &sub->rcpts;
	/* RFC 6531 3.2: the next server has to know such addresses. */
	if (!str_is_ascii(e->reverse_path))
		sub->envelope.smtputf8 = 1;
	return sub;
}

const struct envelope *
submit_envelope(const struct submission *sub)
{
	return &sub->envelope;
}

/* ---- recipients ---------------------------------------------------------- */

static int
ask_rcpt(struct submission *sub, const struct addressee *to,
    struct str host, uint32_t before, struct rcpt_answer *answer,
    struct err *err)
{
	struct rcpt_ask ask = { .bounce = sub->envelope.reverse_path.n == 0,
		.host = host, .first = !sub->asked, .before = before };

	MSG_COPY(addressee, &ask, to);
	return store_call(sub->o.store, STORE_rcpt, &ask, answer, sub->mem,
	    err);
}

int
submit_recipient(struct submission *sub, const struct addressee *to,
    enum rcpt_kind *kind, struct err *err)
{
	struct rcpt_answer answer;
	struct rcpt *r;
	int e;

	if (sub->nrcpts == SUBMIT_RCPTS_MAX)
		return err_set(err, E_LIMIT, "more than %d recipients",
		    SUBMIT_RCPTS_MAX);
	e = ask_rcpt(sub, to, sub->host, sub->nrcpts, &answer, err);
	if (e < 0)
		return e;
	sub->asked |= answer.kind != RCPT_LATER;
	sub->pace = (struct submit_pace){ answer.wait_s, answer.slow };
	if (answer.kind == RCPT_LOCAL && sub->size_octets > answer.room)
		answer.kind = RCPT_FULL;
	sub->most_octets = answer.most_octets;
	if (sub->most_octets && sub->size_octets > sub->most_octets)
		answer.kind = RCPT_TOO_BIG;
	*kind = (enum rcpt_kind)answer.kind;
	if (*kind != RCPT_LOCAL && *kind != RCPT_REMOTE)
		return 0;
	r = arena_new_of(sub->mem, struct rcpt);
	r->to = *to;
	MSG_KEEP(addressee, sub->mem, &r->to);
	r->handle = answer.handle;
	r->leaves = answer.leaves;
	r->remote = answer.kind == RCPT_REMOTE;
	r->reads = answer.reads;
	*sub->last = r;
	sub->last = &r->next;
	if (sub->nrcpts++ == 0)
		sub->generation = store_generation(sub->o.store);
	if (!str_is_ascii(to->address))
		sub->envelope.smtputf8 = 1;
	return 0;
}

/* One recipient more to look at. RFC 7293 5.2 */
static int
ask_valid_since(struct submission *sub, struct rcpt *r, int64_t since,
    enum rcpt_kind *kind, struct err *err)
{
	struct addressee to = r->to;
	struct rcpt_answer answer;
	int e;

	to.valid_since = since;
	to.rrvs = RRVS_continue;
	/* It was counted when it was named. */
	if ((e = ask_rcpt(sub, &to, STR_NULL, 0, &answer, err)) < 0)
		return e;
	if (answer.kind >= RCPT_NEW_OWNER)
		*kind = (enum rcpt_kind)answer.kind;
	if (answer.kind != RCPT_LOCAL && answer.kind != RCPT_REMOTE)
		return 0;
	r->to = to;
	r->handle = answer.handle;
	return 0;
}

int
submit_valid_since(struct submission *sub, struct str address, int64_t since,
    enum rcpt_kind *kind, struct err *err)
{
	int e = 0;

	*kind = RCPT_LOCAL;
	for (struct rcpt *r = sub->rcpts; r && e == 0; r = r->next)
		if (!r->to.rrvs && str_eqi(r->to.address, address))
			e = ask_valid_since(sub, r, since, kind, err);
	return e;
}

bool
submit_all_here(const struct submission *sub)
{
	for (const struct rcpt *r = sub->rcpts; r; r = r->next)
		if (r->remote)
			return false;
	return true;
}

void
submit_from(struct submission *sub, struct str host)
{
	sub->host = str_dup(sub->mem, host);
}

struct submit_pace
submit_pace(const struct submission *sub)
{
	return sub->pace;
}

uint64_t
submit_most(const struct submission *sub, uint64_t most)
{
	return sub->most_octets && sub->most_octets < most ?
	    sub->most_octets : most;
}

uint32_t
submit_recipients(const struct submission *sub)
{
	return sub->nrcpts;
}

struct str
submit_forwards(const struct submission *sub)
{
	for (struct rcpt *r = sub->rcpts; r; r = r->next)
		if (r->leaves)
			return str_from(r->to.address,
			    str_rchr(r->to.address, '@') + 1);
	return STR_NULL;
}

bool
submit_reads(const struct submission *sub)
{
	for (struct rcpt *r = sub->rcpts; r; r = r->next)
		if (r->reads)
			return true;
	return false;
}

struct str
submit_recipient_names(const struct submission *sub, struct arena *a)
{
	auto_buf b = BUF_INIT(600);

	for (struct rcpt *r = sub->rcpts; r && b.n < 200; r = r->next)
		if (r->each == EACH_taken)
			buf_printf(&b, "%s%.*s", b.n ? "," : "",
			    STR_FMT(r->to.address));
	return str_dup(a, buf_get(&b));
}

struct str
submit_recipient_list(const struct submission *sub, size_t most,
    struct arena *a)
{
	auto_buf b = BUF_INIT(most * (320 + 1));

	for (struct rcpt *r = sub->rcpts; r && most > 0; r = r->next, most--) {
		buf_str(&b, r->to.address);
		buf_chr(&b, '\n');
	}
	return str_dup(a, buf_get(&b));
}

struct str
submit_only_recipient(const struct submission *sub)
{
	return sub->nrcpts == 1 ? sub->rcpts->to.address : STR_NULL;
}

/* Store was restarted and our handles with it: get new ones. */
static int
renew_handles(struct submission *sub, struct err *err)
{
	struct rcpt_answer answer;
	int e;

	sub->generation = store_generation(sub->o.store);
	for (struct rcpt *r = sub->rcpts; r; r = r->next) {
		/* They were counted. */
		e = ask_rcpt(sub, &r->to, STR_NULL, 0, &answer, err);
		if (e < 0)
			return e;
		if (answer.kind != RCPT_LOCAL && answer.kind != RCPT_REMOTE)
			return err_set(err, E_PEER,
			    "a recipient has gone meanwhile");
		r->handle = answer.handle;
	}
	return 0;
}

/* ---- the text ------------------------------------------------------------ */

void
submit_watch(struct submission *sub, const struct mime_watch *w)
{
	sub->o.watch = *w;
}

void
submit_write(struct submission *sub, struct str octets)
{
	if (!sub->text)
		sub->text = deposit_new(&sub->o);
	deposit_write(sub->text, octets);
}

void
submit_skip(struct submission *sub, size_t n)
{
	if (sub->text)
		deposit_skip(sub->text, n);
}

int
submit_failed(const struct submission *sub, struct err *err)
{
	return sub->text ? deposit_failed(sub->text, err) : 0;
}

int
submit_text_end(struct submission *sub, struct deposit_facts *facts,
    struct err *err)
{
	int e;

	submit_write(sub, STR_NULL);	/* an empty one is one, too */
	e = deposit_finish(sub->text, &sub->facts, err);
	if (e == 0)
		*facts = sub->facts;
	return e;
}

bool
submit_signable(struct submission *sub, struct arena *a, struct signable *out)
{
	return deposit_signable(sub->text, a, out);
}

bool
submit_signable_7bit(struct submission *sub, struct arena *a,
    struct signable *out)
{
	return deposit_signable_7bit(sub->text, a, out);
}

void
submit_signature_7bit(struct submission *sub, struct str fields)
{
	sub->signature_7bit = fields;
}

void
submit_judged(struct submission *sub, struct str fields, bool junk,
    struct str words)
{
	sub->front = fields;
	sub->junk = junk;
	sub->words = words;
}

void
submit_forged(struct submission *sub)
{
	sub->forged = true;
}

void
submit_traits(struct submission *sub, struct str traits, enum lesson lesson)
{
	sub->traits = traits;
	sub->lesson = lesson;
}

void
submit_counted(struct submission *sub, struct str dmarc)
{
	sub->dmarc = dmarc;
}

void
submit_was_read(struct submission *sub)
{
	sub->read = true;
}

void
submit_weighed(struct submission *sub, const struct wrote *wrote,
    struct str host, bool hold)
{
	sub->wrote = *wrote;
	sub->handed_by = host;
	sub->hold = hold;
}

/* As a list of held mail shows it. */
static struct str
title_of(struct submission *sub)
{
	struct facts f;

	return facts_glance(sub->facts.facts, &f) < 0 ? STR_NULL :
	    answerable_subject(&f, sub->mem);
}

void
submit_standing(struct submission *sub, const struct standing *from)
{
	sub->standing = *from;
}

void
submit_made_of(struct submission *sub, uint64_t email, uint64_t thread)
{
	sub->email = email;
	sub->thread = thread;
}

void
submit_once(struct submission *sub, uint64_t change, struct str request)
{
	sub->change = change;
	sub->request = request;
}

void
submit_each(struct submission *sub, bool refuse)
{
	sub->each = true;
	sub->refuse = refuse;
}

bool
submit_outcome(const struct submission *sub, const struct rcpt **at,
    struct str *address, enum each *each)
{
	const struct rcpt *r = *at ? (*at)->next : sub->rcpts;

	if (!r)
		return false;
	*at = r;
	*address = r->to.address;
	*each = r->each;
	return true;
}

/* ---- the end ------------------------------------------------------------- */

static int
take_outcomes(struct submission *sub, struct str each, struct err *err)
{
	struct rcpt *r = sub->rcpts;

	if (!sub->each)
		return 0;
	if (each.n != sub->nrcpts)
		return err_set(err, E_PEER, "store answers for %zu of %u "
		    "recipients", each.n, sub->nrcpts);
	for (size_t i = 0; i < each.n; i++, r = r->next)
		r->each = (uint8_t)each.p[i] < EACH_KINDS ?
		    (enum each)each.p[i] : EACH_later;
	return 0;
}

/* With one change id for all tries, so it is done once at most. New handles
 * help when store was restarted, unless what was staged went with the old
 * connection; and a handle alone gives way when very many were asked for
 * since (E_DENIED). */
int
submit_commit(struct submission *sub, const struct origin *from,
    struct str signature, uint64_t *message, struct err *err)
{
	struct store *st = sub->o.store;
	auto_buf handles = BUF_INIT(8 * SUBMIT_RCPTS_MAX);
	struct submit_answer answer;
	struct submit_ask ask = { .change = sub->change ? sub->change :
		    store_change_id(st), .request = sub->request,
		.signature = signature,
		.signature_7bit = sub->signature_7bit, .front = sub->front,
		.junk = sub->junk, .verdict = sub->words,
		.hold = sub->hold, .read = sub->read,
		.handed_by = sub->handed_by,
		.title = sub->handed_by.n ? title_of(sub) : STR_NULL,
		.email = sub->email, .thread = sub->thread,
		.traits = sub->traits, .lesson = (uint8_t)sub->lesson,
		.dmarc = sub->dmarc,
		.each = sub->each, .refuse = sub->refuse };
	bool stale = false;
	int e = 0;

	MSG_COPY(envelope, &ask, &sub->envelope);
	/* What was asked for is not what is needed: many say SMTPUTF8 whenever
	 * it is offered, and not every next server knows it. Addresses that
	 * need it are seen when the next server is told them. */
	ask.smtputf8 &= sub->facts.utf8_header;
	/* The header counts only where MAIL said nothing: RFC 8689 4.1. */
	if (ask.require_tls == REQUIRE_TLS_unsaid && sub->facts.tls_optional)
		ask.require_tls = REQUIRE_TLS_no;
	/* The next server is told what the header says.      RFC 3865 2.7 */
	if (solicitation_is(sub->facts.solicitation))
		ask.solicit = sub->facts.solicitation;
	MSG_COPY(deposited, &ask, &sub->facts);
	if (!sub->forged)
		MSG_COPY(answerable, &ask, deposit_answerable(sub->text));
	MSG_COPY(wrote, &ask, &sub->wrote);
	MSG_COPY(origin, &ask, from);
	MSG_COPY(standing, &ask, &sub->standing);
	for (int i = 0; i < SUBMIT_TRIES; i++) {
		if ((stale || sub->generation != store_generation(st)) &&
		    (e = renew_handles(sub, err)) < 0)
			return e;
		buf_reset(&handles);
		for (struct rcpt *r = sub->rcpts; r; r = r->next)
			buf_le64(&handles, r->handle);
		ask.handles = buf_get(&handles);
		e = store_call(st, STORE_submit, &ask, &answer, sub->mem, err);
		if (e == 0) {
			*message = answer.message;
			return take_outcomes(sub, answer.each, err);
		}
		stale = e == E_DENIED || (e == E_PEER && ask.stage == 0 &&
		    sub->generation != store_generation(st));
		if (!stale)
			return e;
	}
	return e;
}

void
submit_end(struct submission *sub)
{
	if (!sub)
		return;
	deposit_free(sub->text);
	arena_free(sub->mem);
}
