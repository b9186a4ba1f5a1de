#include "relay/key_rotation.h"

#include "trust/dkim_published.h"

enum {
	STEP_MS = 10000,	/* a new configuration is seen so soon */
	LOOK_S = 3600,		/* for what is due, or as often as it may be */
	TELL_S = 86400,		/* that some are not published: once a day */
	LOOKUP_MS = 60000,
	PAGE_MEMORY = 1 << 17,
};

struct key_rotation {
	struct relay_options o;
	uint32_t period_s;
	int64_t look_ms, tell_ms;	/* not before */
	bool telling, told;		/* in this round */
	struct fiber *fiber;	/* NULL: it has not begun, or has ended */
	bool stopping;
};

/* ---- one ---------------------------------------------------------------- */

static void
look_up(void *arg, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a)
{
	struct key_rotation *k = arg;
	struct err err = { 0 };

	if (dns_lookup(k->o.dns, name, type, answer, a,
	    loop_now_ms(k->o.loop) + LOOKUP_MS, &err) < 0)
		*answer = (struct lookup_answer){ .result = DNS_FAILED };
}

static const char *
what_is_missing(struct key_rotation *k, const struct dkim_due_row *row)
{
	const struct trust_dns dns = { look_up, k };
	struct arena *a;
	enum dkim_published is;

	if (row->selector.n == 0)
		return "there is no key in reserve: postern domain dns";
	a = arena_new(DNS_ANSWER_MEMORY + 4096);
	is = dkim_published(&dns, row->domain, row->selector, row->record, a);
	arena_free(a);
	return is == DKIM_IS_PUBLISHED ? NULL : dkim_published_words(is);
}

static int
rotate_one(struct key_rotation *k, const struct dkim_due_row *row,
    struct arena *a, struct err *err)
{
	struct dkim_rotate_ask ask = { row->domain, row->selector, 0 };
	const char *missing = what_is_missing(k, row);
	struct vault_done done;
	int e;

	if (!missing) {
		e = k->o.ask_vault(k->o.sign_arg, VAULT_dkim_rotate, &ask,
		    &done, a, err);
		/* The operator did it meanwhile, or there are too many. */
		if (e == 0 || e == E_CANCELED || e == E_PEER)
			return e;
		missing = err->text;
	}
	k->told = true;
	if (k->telling)
		log_event(loop_log(k->o.loop), LOG_WARN, "dkim_rotate_waits",
		    F_STR("domain", row->domain),
		    F_STR("selector", row->selector),
		    F_STR("why", str_c(missing)));
	return 0;
}

/* ---- all ---------------------------------------------------------------- */

/* Where to go on is in `after`. 1: there are more. */
static int
look_at_page(struct key_rotation *k, struct buf *after, struct err *err)
{
	struct arena *a = arena_new(PAGE_MEMORY);
	struct dkim_due_ask ask = { buf_get(after) };
	struct dkim_due_answer answer;
	struct dkim_due_row row;
	int e = k->o.ask_vault(k->o.sign_arg, VAULT_dkim_due, &ask, &answer,
	    a, err);
	struct rd r = rd_of(e == 0 ? answer.rows : STR_NULL);

	while (e == 0 && rd_left(&r) > 0 && !k->stopping &&
	    msg_take(&r, &dkim_due_row_shape, &row))
		e = rotate_one(k, &row, a, err);
	buf_reset(after);
	if (e == 0)
		buf_str(after, answer.next);
	arena_free(a);
	return e < 0 ? e : after->n > 0;
}

static int
look_at_all(struct key_rotation *k)
{
	auto_buf after = BUF_INIT(255);
	struct loop *l = k->o.loop;
	struct err err = { 0 };
	int e;

	k->look_ms = loop_now_ms(l) + 1000 * (int64_t)(k->period_s < LOOK_S ?
	    k->period_s : LOOK_S);
	k->telling = loop_now_ms(l) >= k->tell_ms;
	k->told = false;
	do
		e = look_at_page(k, &after, &err);
	while (e == 1 && !k->stopping);
	if (k->telling && k->told)
		k->tell_ms = loop_now_ms(l) + TELL_S * 1000;
	if (e < 0 && e != E_CANCELED)
		log_event(loop_log(l), LOG_WARN, "dkim_rotate_failed",
		    F_ERR(&err));
	return e;
}

static void
rotation_fiber(void *arg)
{
	struct key_rotation *k = arg;
	struct loop *l = k->o.loop;
	int e = 0;

	k->fiber = fiber_self(l);
	while (!k->stopping && e != E_CANCELED) {
		int64_t now = loop_now_ms(l), next = now + STEP_MS;

		if (k->period_s > 0 && now >= k->look_ms)
			e = look_at_all(k);
		if (k->period_s > 0 && k->look_ms < next)
			next = k->look_ms;
		if (e != E_CANCELED)
			e = fiber_sleep(l, next);
	}
	k->fiber = NULL;
}

/* ---- life --------------------------------------------------------------- */

struct key_rotation *
key_rotation_new(const struct relay_options *o, const struct config *c)
{
	struct key_rotation *k = calloc(1, sizeof(*k));

	bug_if(!k);
	k->o = *o;
	key_rotation_configure(k, c);
	return k;
}

void
key_rotation_configure(struct key_rotation *k, const struct config *c)
{
	if (k->period_s != c->dkim_rotate_s)
		k->look_ms = k->tell_ms = 0;
	k->period_s = c->dkim_rotate_s;
}

void
key_rotation_start(struct key_rotation *k)
{
	if (k->o.ask_vault)
		(void)fiber_spawn(k->o.loop, "key_rotation", rotation_fiber,
		    k);
}

void
key_rotation_stop(struct key_rotation *k)
{
	k->stopping = true;
	if (k->fiber)
		fiber_cancel(k->o.loop, k->fiber);
}

void
key_rotation_free(struct key_rotation *k)
{
	free(k);
}
