#include "store/engine/send_limits.h"

#define HOUR_US ((uint64_t)3600 * 1000000)
#define DAY_US (24 * HOUR_US)

enum { MINUTES_SAID = 120 };	/* what is longer is said in hours */

/* A burst is put off; what somebody does all day who has the password of
 * somebody else ends. words: of how many there may be, and where these alone
 * are more. */
static const struct kind {
	uint64_t period_us;
	bool stops;
	const char *words;
} kinds[SEND_LIMIT_COUNTS] = {
	[SEND_LIMIT_messages_hour] = { HOUR_US, false,
	    "Your account may send %llu messages an hour" },
	[SEND_LIMIT_recipients_hour] = { HOUR_US, false,
	    "Your account may write to %llu recipients an hour" },
	[SEND_LIMIT_messages_day] = { DAY_US, false,
	    "Your account may send %llu messages a day" },
	[SEND_LIMIT_recipients_day] = { DAY_US, true,
	    "Your account may write to %llu recipients a day" },
	[SEND_LIMIT_new_day] = { DAY_US, true, "Your account may write to %llu "
	    "addresses a day that it never wrote to before" },
};

bool
limit_stops(enum send_limit which)
{
	return which < SEND_LIMIT_COUNTS && kinds[which].stops;
}

uint64_t
send_limits_most(const struct engine *e, const struct send_limits_state *s,
    enum send_limit which)
{
	uint64_t own = s->own[which];

	return own == SEND_LIMIT_NONE ? 0 : own ? own :
	    __atomic_load_n(&e->o.limits.most[which], __ATOMIC_RELAXED);
}

/* ---- counting ------------------------------------------------------------ */

/* What is left of a count, as a time. A clock that went back leaves a whole
 * period at most. */
static uint64_t
left_us(const struct send_limits_state *s, enum send_limit which,
    int64_t now_us)
{
	int64_t left = s->until_us[which] - now_us;

	if (left <= 0)
		return 0;
	return (uint64_t)left < kinds[which].period_us ? (uint64_t)left :
	    kinds[which].period_us;
}

static uint64_t
cost_us(uint64_t n, uint64_t most, enum send_limit which)
{
	return n * (kinds[which].period_us / most);
}

uint64_t
send_limits_used(const struct engine *e, const struct send_limits_state *s,
    enum send_limit which, int64_t now_us)
{
	uint64_t most = send_limits_most(e, s, which), each;

	if (most == 0 || which >= SEND_LIMIT_COUNTS)
		return 0;
	each = cost_us(1, most, which);
	return (left_us(s, which, now_us) + each - 1) / each;
}

void
send_limits_count(const struct engine *e, struct send_limits *l,
    const struct send_limits_use *use, int64_t now_us)
{
	for (enum send_limit i = 0; i < SEND_LIMIT_COUNTS; i++) {
		uint64_t most = send_limits_most(e, &l->is, i);

		if (most > 0 && use->n[i] > 0)
			l->is.until_us[i] = now_us + (int64_t)(left_us(&l->is,
			    i, now_us) + cost_us(use->n[i], most, i));
	}
}

/* ---- what is said -------------------------------------------------------- */

static int
say_stopped(uint32_t why, uint64_t most, struct err *err)
{
	return err_set(err, E_RATE, "Sending is stopped: your account wrote "
	    "to more than %llu %s in a day; ask whoever runs this server",
	    (unsigned long long)most, why == SEND_LIMIT_new_day ?
	    "addresses that were new to it" : "recipients");
}

static int
say_wait(enum send_limit which, uint64_t most, uint64_t wait_us,
    struct err *err)
{
	uint64_t minutes = (wait_us + 59999999) / 60000000;
	char words[120];

	(void)snprintf(words, sizeof(words), kinds[which].words,
	    (unsigned long long)most);
	if (minutes > MINUTES_SAID)
		return err_set(err, E_RATE, "%s; come again in %llu hours",
		    words, (unsigned long long)(minutes + 59) / 60);
	return err_set(err, E_RATE, "%s; come again in %llu minute%s", words,
	    (unsigned long long)minutes, minutes == 1 ? "" : "s");
}

/* No time makes room for these. */
static int
say_never(enum send_limit which, uint64_t most, struct err *err)
{
	char words[120];

	(void)snprintf(words, sizeof(words), kinds[which].words,
	    (unsigned long long)most);
	return err_set(err, E_RATE, "%s, and these are more", words);
}

int
send_limits_allow(const struct engine *e, const struct send_limits_state *s,
    const struct send_limits_use *use, int64_t now_us, enum send_limit *which,
    struct err *err)
{
	*which = SEND_LIMIT_KINDS;
	if (s->stopped)
		return say_stopped(s->why, s->most, err);
	for (enum send_limit i = 0; i < SEND_LIMIT_COUNTS; i++) {
		uint64_t most = send_limits_most(e, s, i), left, cost;

		if (most == 0 || use->n[i] == 0)
			continue;
		*which = i;
		if (use->n[i] > most)
			return limit_stops(i) ? say_stopped(i, most, err) :
			    say_never(i, most, err);
		left = left_us(s, i, now_us);
		cost = cost_us(use->n[i], most, i);
		if (left + cost <= kinds[i].period_us)
			continue;
		return limit_stops(i) ? say_stopped(i, most, err) :
		    say_wait(i, most, left + cost - kinds[i].period_us, err);
	}
	return 0;
}

/* ---- read, kept, written ------------------------------------------------- */

static int
read_stopped(struct sql *q, uint64_t account, struct send_limits_state *s,
    struct err *err)
{
	int rc = sql_first(q, SQL_stopped_get, SQL_VALS(vi(account)), err);

	if (rc <= 0)
		return rc;
	s->stopped = sql_i64(q, stopped_get, at);
	s->why = sql_u32(q, stopped_get, why);
	s->most = sql_u64(q, stopped_get, most);
	sql_end(q, SQL_stopped_get);
	return 0;
}

int
send_limits_read(struct sql *q, uint64_t account, struct send_limits_state *out,
    struct err *err)
{
	enum sql_statement s = SQL_limits_get;
	int counts = SQL_COLUMN(limits_get, messages_hour);
	int own = SQL_COLUMN(limits_get, most_messages_hour);
	int rc = sql_first(q, s, SQL_VALS(vi(account)), err);

	*out = (struct send_limits_state){ 0 };
	for (int i = 0; rc > 0 && i < SEND_LIMIT_KINDS; i++) {
		out->own[i] = sql_column_u64(q, s, own + i);
		if (i < SEND_LIMIT_COUNTS)
			out->until_us[i] = (int64_t)sql_column_u64(q, s,
			    counts + i);
	}
	if (rc > 0)
		sql_end(q, s);
	return rc < 0 ? rc : read_stopped(q, account, out, err);
}

/* It stays where it is until the end, or its account goes. Any thread, under
 * the lock. */
static struct send_limits *
find_limits(struct engine *e, uint64_t account)
{
	struct send_limits *l = map_get(&e->limits, account, 0, 0);

	if (l)
		return l;
	l = calloc(1, sizeof(*l));
	bug_if(!l);
	l->account = account;
	map_put(&e->limits, account, 0, 0, l);
	return l;
}

int
send_limits_get(struct engine *e, uint64_t account, struct send_limits **out,
    struct err *err)
{
	struct send_limits *l;
	int rc;

	(void)pthread_mutex_lock(&e->quota_lock);
	l = find_limits(e, account);
	(void)pthread_mutex_unlock(&e->quota_lock);
	rc = l->known ? 0 : send_limits_read(&e->w, account, &l->is, err);
	if (rc < 0)
		return rc;
	l->known = true;
	*out = l;
	return 0;
}

void
send_limits_touch(struct engine *e, struct send_limits *l)
{
	if (!list_linked(&l->dirty))
		list_append(&e->dirty_limits, &l->dirty);
}

int
send_limits_write(struct engine *e, struct err *err)
{
	int rc = 0;

	list_each(struct send_limits, l, &e->dirty_limits, dirty) {
		const int64_t *u = l->is.until_us;
		const uint64_t *o = l->is.own;

		rc = sql_run(&e->w, SQL_limits_put, SQL_VALS(vi(l->account),
		    vi((uint64_t)u[0]), vi((uint64_t)u[1]),
		    vi((uint64_t)u[2]), vi((uint64_t)u[3]),
		    vi((uint64_t)u[4]), vi(o[0]), vi(o[1]), vi(o[2]),
		    vi(o[3]), vi(o[4]), vi(o[5])), err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void
send_limits_clean(struct engine *e)
{
	(void)pthread_mutex_lock(&e->quota_lock);
	list_each(struct send_limits, l, &e->dirty_limits, dirty) {
		l->was = l->is;
		l->published = true;
	}
	(void)pthread_mutex_unlock(&e->quota_lock);
	while (list_pop_link(&e->dirty_limits))
		continue;
}

void
send_limits_forget(struct engine *e)
{
	struct map_slot *s;
	size_t at = 0;

	(void)pthread_mutex_lock(&e->quota_lock);
	while ((s = map_next(&e->limits, &at))) {
		struct send_limits *l = s->p;

		l->known = false;
		list_unlink(&l->dirty);
	}
	(void)pthread_mutex_unlock(&e->quota_lock);
}

void
send_limits_free(struct engine *e)
{
	struct map_slot *s;
	size_t at = 0;

	while ((s = map_next(&e->limits, &at)))
		free(s->p);
	map_free(&e->limits);
}

/* Numbers of accounts are never given twice: if the batch is undone, its
 * limits are read again. */
int
send_limits_drop(struct engine *e, uint64_t account, struct err *err)
{
	struct send_limits *l;
	int rc = sql_run(&e->w, SQL_limits_del, SQL_VALS(vi(account)), err);

	if (rc == 0)
		rc = sql_run(&e->w, SQL_stopped_del, SQL_VALS(vi(account)),
		    err);
	(void)pthread_mutex_lock(&e->quota_lock);
	l = map_get(&e->limits, account, 0, 0);
	if (l) {
		list_unlink(&l->dirty);
		map_del(&e->limits, account, 0, 0);
	}
	(void)pthread_mutex_unlock(&e->quota_lock);
	free(l);
	return rc;
}

void
engine_account_limits(struct engine *e, const struct limit_settings *l)
{
	for (size_t i = 0; i < SEND_LIMIT_KINDS; i++)
		__atomic_store_n(&e->o.limits.most[i], l->most[i],
		    __ATOMIC_RELAXED);
}

/* ---- before there is a message ------------------------------------------- */

/* What stops an account is looked at in the commit, which is where it is
 * stopped: so that it is, here nobody is told of that. */
static int
answer(const struct engine *e, const struct send_limits_state *s,
    const struct rcpt_ask *ask, struct rcpt_answer *out, struct err *err)
{
	const struct send_limits_use use = { .n = {
	    [SEND_LIMIT_messages_hour] = 1, [SEND_LIMIT_messages_day] = 1,
	    [SEND_LIMIT_recipients_hour] = (uint64_t)ask->before + 1 } };
	enum send_limit which;
	int rc = send_limits_allow(e, s, &use, e->o.wall_us(e->o.arg), &which,
	    err);

	if (rc == 0)
		out->most_octets = send_limits_most(e, s, SEND_LIMIT_size);
	return rc;
}

int
send_limits_known(struct engine *e, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *out, struct err *err)
{
	struct send_limits_state was;
	const struct send_limits *l;
	bool known;

	if (c->authority != AUTH_ACCOUNT)
		return 0;
	(void)pthread_mutex_lock(&e->quota_lock);
	l = map_get(&e->limits, c->account, 0, 0);
	known = l && l->published;
	if (known)
		was = l->was;
	(void)pthread_mutex_unlock(&e->quota_lock);
	return known ? answer(e, &was, ask, out, err) : 1;
}

/* What the writer says is newer than what a reader found. */
int
reader_limits(struct reader *r, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *out, struct err *err)
{
	struct send_limits_state found;
	struct send_limits *l;
	int rc = send_limits_known(r->e, c, ask, out, err);

	if (rc <= 0)
		return rc;
	rc = send_limits_read(&r->q, c->account, &found, err);
	if (rc < 0)
		return rc;
	(void)pthread_mutex_lock(&r->e->quota_lock);
	l = find_limits(r->e, c->account);
	if (!l->published) {
		l->was = found;
		l->published = true;
	}
	found = l->was;
	(void)pthread_mutex_unlock(&r->e->quota_lock);
	return answer(r->e, &found, ask, out, err);
}
