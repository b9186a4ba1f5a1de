#include "relay/sts.h"

enum {
	DAY_S = 86400,		/* 3.3: how often it is looked at anew */
	AGAIN_MS = 5 * 60 * 1000,	/* 3.3: after a fetch that failed */
	NO_RECORD_S = 60, NO_RECORD_MAX_S = 3600,
	LOOKUP_MS = 10 * 1000,
	FETCH_MS = 65 * 1000,	/* errand gives a minute */
	NOTES_MAX = 2000,
	BEHIND_MAX = 8,		/* at once, behind anybody's back */
	FIND_MEMORY = 512 * 1024,
};

/* What is remembered of a domain, in memory only. */
struct note {
	struct list_link link;	/* the one used last is the first */
	char domain[256];
	int64_t until_ms;	/* it is good */
	bool no_record;		/* and no policy is kept, either */
	char id[STS_ID_MAX + 1];	/* fetching this one failed */
	const char *result;
	char why[200];
	bool fetching;
	struct list waiters;
};

struct waiter {
	struct list_link link;
	struct fiber *fiber;
};

/* A policy that is fetched behind the back of who uses the one before. */
struct behind {
	struct list_link link;
	struct sts *s;
	struct fiber *fiber;
	char domain[256], id[STS_ID_MAX + 1];
};

struct sts {
	struct sts_options o;
	struct list notes;
	size_t nnotes;
	struct list behind;
	size_t nbehind;
	bool stopping;
};

/* One question, and what is known so far. */
struct finding {
	struct sts *s;
	struct str domain;
	struct arena *a;	/* of all that is left behind */
	int64_t until_ms;
	struct sts_get_answer kept;
	bool has_kept;		/* and it has not expired */
	struct str id;		/* of the record; empty: there is none */
	uint32_t ttl;
	struct str why;		/* there is none */
};

/* Notes ------------------------------------------------------------------- */

static struct note *
note_find(struct sts *s, struct str domain)
{
	list_each(struct note, n, &s->notes, link)
		if (str_eq(str_c(n->domain), domain)) {
			list_unlink(&n->link);
			list_prepend(&s->notes, &n->link);
			return n;
		}
	return NULL;
}

static void
note_free(struct sts *s, struct note *n)
{
	list_unlink(&n->link);
	s->nnotes--;
	free(n);
}

/* There is one afterwards; the one that was used least recently goes. */
static struct note *
note_take(struct sts *s, struct str domain)
{
	struct note *n = note_find(s, domain), *oldest = NULL;

	if (n)
		return n;
	if (s->nnotes >= NOTES_MAX)
		list_each(struct note, o, &s->notes, link)
			if (!o->fetching)
				oldest = o;
	if (oldest)
		note_free(s, oldest);
	n = calloc(1, sizeof(*n));
	bug_if(!n || domain.n >= sizeof(n->domain));
	memcpy(n->domain, domain.p, domain.n);
	list_prepend(&s->notes, &n->link);
	s->nnotes++;
	return n;
}

static bool
note_is_good(const struct sts *s, const struct note *n)
{
	return n && loop_now_ms(s->o.loop) < n->until_ms;
}

/* What is known ----------------------------------------------------------- */

/* E_*: nobody knows. What store has lost is not there. */
static int
look_kept(struct finding *f, struct err *err)
{
	struct sts_get_ask ask = { f->domain };
	int e = store_call(f->s->o.store, STORE_sts_get, &ask, &f->kept, f->a,
	    err);

	if (e == E_IO || e == E_DAMAGED) {
		log_event(loop_log(f->s->o.loop), LOG_WARN, "sts_lost",
		    F_STR("domain", f->domain), F_ERR(err));
		return 0;
	}
	f->has_kept = e == 0 && f->kept.known &&
	    f->kept.expires > loop_wall(f->s->o.loop);
	return e;
}

/* Exactly one record counts. 3.1 */
static void
read_record(struct finding *f, const struct lookup_answer *answer)
{
	struct rd r = rd_of(answer->records);
	struct dns_record record;
	struct str found = STR_NULL;
	size_t n = 0;

	while (rd_left(&r) > 0 && msg_take(&r, &dns_record_shape, &record))
		if (sts_is_record(record.data)) {
			found = record.data;
			n++;
		}
	f->why = STR("no record");
	if (n > 1)
		f->why = STR("more than one record");
	else if (n == 1 && !sts_record_parse(found, &f->id))
		f->why = STR("its record is malformed");
}

static int
look_record(struct finding *f, struct err *err)
{
	struct loop *l = f->s->o.loop;
	struct str name = arena_printf(f->a, "_mta-sts.%.*s",
	    STR_FMT(f->domain));
	struct lookup_answer answer;
	int64_t until = loop_now_ms(l) + LOOKUP_MS;
	int e = dns_lookup(f->s->o.dns, name, DNS_TXT, &answer, f->a,
	    until < f->until_ms ? until : f->until_ms, err);

	f->why = STR("DNS failed");
	if (e < 0)
		return e == E_CANCELED ? e : 0;
	f->ttl = answer.ttl;
	if (answer.result != DNS_FAILED)
		read_record(f, &answer);
	return 0;
}

/* Fetching ---------------------------------------------------------------- */

static void
fetch_failed(struct finding *f, const char *result, struct str why)
{
	struct note *n = note_take(f->s, f->domain);

	n->no_record = false;
	n->until_ms = loop_now_ms(f->s->o.loop) + AGAIN_MS;
	n->result = result;
	(void)snprintf(n->id, sizeof(n->id), "%.*s", STR_FMT(f->id));
	(void)snprintf(n->why, sizeof(n->why), "%.*s", STR_FMT(why));
	if (f->has_kept && f->kept.mode == STS_NONE)
		return;		/* 3.3: nobody needs to know */
	log_event(loop_log(f->s->o.loop), LOG_WARN, "sts_failed",
	    F_STR("domain", f->domain), F_STR("result", str_c(result)),
	    F_STR("why", why), F_INT("kept", f->has_kept));
}

/* It stays what it is for whoever asks next, also after a crash. */
static int
keep_policy(struct finding *f, const struct sts_text *text, struct err *err)
{
	struct sts_put_ask put = {
		.change = store_change_id(f->s->o.store),
		.domain = f->domain, .id = f->id, .mode = text->mode,
		.mx = text->mx, .max_age_s = text->max_age_s,
	};
	struct done done;
	int64_t now = loop_wall(f->s->o.loop);
	int e = store_call(f->s->o.store, STORE_sts_put, &put, &done, f->a,
	    err);

	if (e == E_CANCELED)
		return e;
	if (e < 0)
		log_event(loop_log(f->s->o.loop), LOG_WARN, "sts_lost",
		    F_STR("domain", f->domain), F_ERR(err));
	f->kept = (struct sts_get_answer){ .known = true, .id = f->id,
		.mode = text->mode, .mx = text->mx, .fetched = now,
		.expires = now + text->max_age_s };
	f->has_kept = true;
	note_take(f->s, f->domain)->until_ms = 0;
	return 0;
}

static int
fetch_now(struct finding *f, struct err *err)
{
	int64_t until = loop_now_ms(f->s->o.loop) + FETCH_MS;
	struct errand_answer answer;
	struct sts_text text;
	const char *wrong;
	int e = errand_run(f->s->o.errand, ERRAND_MTA_STS, f->domain, &answer,
	    f->a, until < f->until_ms ? until : f->until_ms, err);

	if (e == E_CANCELED)
		return e;
	if (e < 0)
		fetch_failed(f, "sts-policy-fetch-error", str_c(err->text));
	else if (answer.result == ERRAND_NOT_TRUSTED)
		fetch_failed(f, "sts-webpki-invalid", answer.why);
	else if (answer.result != ERRAND_DONE)
		fetch_failed(f, "sts-policy-fetch-error", answer.why);
	else if (!sts_text_parse(answer.text, f->a, &text, &wrong))
		fetch_failed(f, "sts-policy-invalid", str_c(wrong));
	else
		return keep_policy(f, &text, err);
	return 0;
}

/* One at a time of each domain. E_AGAIN: somebody else did, while we waited. */
static int
fetch_alone(struct finding *f, struct err *err)
{
	struct loop *l = f->s->o.loop;
	struct note *n = note_take(f->s, f->domain);
	struct waiter w = { .fiber = fiber_self(l) };
	int e;

	if (n->fetching) {
		list_append(&n->waiters, &w.link);
		do
			e = fiber_wait(l, f->until_ms);
		while (e == 0 && list_linked(&w.link));
		list_unlink(&w.link);
		return e == 0 ? E_AGAIN : e == E_CANCELED ? e : 0;
	}
	n->fetching = true;
	e = fetch_now(f, err);
	n->fetching = false;
	for (struct waiter *next; (next = list_pop(struct waiter, &n->waiters,
	    link));)
		fiber_wake(l, next->fiber);
	return e;
}

/* Behind anybody's back --------------------------------------------------- */

static void
behind_fiber(void *arg)
{
	struct behind *b = arg;
	struct sts *s = b->s;
	struct err err = { 0 };
	struct finding f = { .s = s, .domain = str_c(b->domain),
		.a = arena_new(FIND_MEMORY), .id = str_c(b->id),
		.until_ms = NEVER };

	/* Whether one is kept is for the log. */
	if (look_kept(&f, &err) == 0)
		(void)fetch_alone(&f, &err);
	arena_free(f.a);
	list_unlink(&b->link);
	s->nbehind--;
	free(b);
}

static void
fetch_behind(const struct finding *f)
{
	struct sts *s = f->s;
	struct note *n = note_find(s, f->domain);
	struct behind *b;

	if (s->stopping || s->nbehind >= BEHIND_MAX || (n && n->fetching))
		return;
	b = calloc(1, sizeof(*b));
	bug_if(!b);
	b->s = s;
	(void)snprintf(b->domain, sizeof(b->domain), "%.*s",
	    STR_FMT(f->domain));
	(void)snprintf(b->id, sizeof(b->id), "%.*s", STR_FMT(f->id));
	list_append(&s->behind, &b->link);
	s->nbehind++;
	b->fiber = fiber_spawn(s->o.loop, "sts", behind_fiber, b);
}

/* All of it --------------------------------------------------------------- */

static bool
failed_lately(const struct finding *f)
{
	const struct note *n = note_find(f->s, f->domain);

	return note_is_good(f->s, n) && !n->no_record &&
	    str_eq(str_c(n->id), f->id);
}

/* 5.1; E_AGAIN: begin anew. */
static int
decide(struct finding *f, struct err *err)
{
	bool other = f->has_kept && !str_eq(f->kept.id, f->id);
	struct note *n;

	if (f->id.n == 0 && !f->has_kept) {
		n = note_take(f->s, f->domain);
		n->no_record = !n->fetching;
		n->until_ms = loop_now_ms(f->s->o.loop) + 1000 *
		    (int64_t)(f->ttl < NO_RECORD_S ? NO_RECORD_S :
			f->ttl > NO_RECORD_MAX_S ? NO_RECORD_MAX_S : f->ttl);
		return 0;
	}
	if (f->id.n == 0 || failed_lately(f))
		return 0;
	if (!f->has_kept || other)
		return fetch_alone(f, err);
	if (loop_wall(f->s->o.loop) - f->kept.fetched >= DAY_S)
		fetch_behind(f);
	return 0;
}

static void
tell_policy(const struct finding *f, struct sts_policy *out, struct arena *a)
{
	const struct note *n = note_find(f->s, f->domain);

	out->why = str_dup(a, f->why);
	if (note_is_good(f->s, n) && !n->no_record && n->result) {
		out->result = str_c(n->result);
		out->why = str_dup(a, str_c(n->why));
	}
	if (!f->has_kept)
		return;
	out->mode = (enum sts_mode)f->kept.mode;
	out->id = str_dup(a, f->kept.id);
	out->mx = str_dup(a, f->kept.mx);
	out->max_age_s = (uint32_t)(f->kept.expires - f->kept.fetched);
	if (out->result.n == 0)
		out->why = STR_NULL;
}

static int
find_once(struct finding *f, struct err *err)
{
	int e = look_kept(f, err);

	if (e == 0)
		e = look_record(f, err);
	return e < 0 ? e : decide(f, err);
}

int
sts_find(struct sts *s, struct str domain, struct sts_policy *out,
    struct arena *a, int64_t until_ms, struct err *err)
{
	struct finding f = { .s = s };
	const struct note *n;
	int e;

	*out = (struct sts_policy){ 0 };
	/* 3.4: an address has no policy. */
	if (!s->o.errand || domain.n == 0 || domain.n > 245 ||
	    domain.p[0] == '[')
		return 0;
	n = note_find(s, domain);
	if (note_is_good(s, n) && n->no_record)
		return 0;
	f.a = arena_new(FIND_MEMORY);
	do {
		arena_reset(f.a);
		f = (struct finding){ .s = s, .a = f.a, .until_ms = until_ms,
			.domain = str_dup(f.a, domain) };
		e = find_once(&f, err);
	} while (e == E_AGAIN);
	if (e == 0)
		tell_policy(&f, out, a);
	arena_free(f.a);
	return e;
}

bool
sts_allows(const struct sts_policy *p, struct str host)
{
	return p->mode == STS_NONE || sts_mx_allows(p->mx, host);
}

struct sts *
sts_new(const struct sts_options *o)
{
	struct sts *s = calloc(1, sizeof(*s));

	bug_if(!s);
	s->o = *o;
	return s;
}

void
sts_stop(struct sts *s)
{
	s->stopping = true;
	list_each(struct behind, b, &s->behind, link)
		fiber_cancel(s->o.loop, b->fiber);
}

void
sts_free(struct sts *s)
{
	if (!s)
		return;
	list_each(struct note, n, &s->notes, link)
		note_free(s, n);
	free(s);
}
