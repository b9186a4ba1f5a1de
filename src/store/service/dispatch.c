#include "store/service/dispatch_int.h"

enum {
	BATCH_MESSAGES = 20,
	BATCHES_A_ROUND = 8,	/* then others of the loop have their turn */
	WAIT_MIN_MS = 5,
	WAIT_MAX_MS = 60000,
	OLD_FIRST_EVERY = 4,	/* batches: new before old, but not only */
	OWN_MAX = 4,
	NOTE_AGAIN_US = 30000000,
	LOOK_AGAIN_MS = 30000,	/* the wall clock may jump: */
	JUMP_S = 60,		/* no clock is set right by more, gently */
};

static void hand_out(struct dispatch *a);

static int64_t
now_us(const struct dispatch *a)
{
	return engine_now_us(a->s->o.engine);
}

static void
on_timer(struct timer *t)
{
	hand_out(container_of(t, struct dispatch, timer));
}

/* Once, however much happens in this round. */
static void
soon(struct dispatch *a)
{
	struct loop *l = a->s->o.loop;

	timer_set(l, &a->timer, loop_now_ms(l), on_timer);
}

/* ---- what is under way ------------------------------------------------- */

static void
end_batch(struct dispatch *a, struct batch *b)
{
	if (--b->n > 0)
		return;
	schedule_ended(a->schedule, b->to, b->lost, now_us(a));
	free(b);
}

/* One was not sent: all are looked at anew in a while. */
static void
notes_again(struct dispatch *a)
{
	a->notes.after = 0;
	a->notes.at = now_us(a) + NOTE_AGAIN_US;
}

static void
end_lease(struct dispatch *a, struct lease *l)
{
	struct batch *b = l->batch;
	uint64_t message = l->message;
	bool report = l->report, note = l->note, lost;

	lost = lease_end(a->leases, l);
	if (note && lost)
		notes_again(a);
	else if (note)
		a->notes.at = 0;
	else if (report && lost)
		reports_due_failed(a->reports_due, message, now_us(a));
	else if (report)
		reports_due_done(a->reports_due, message, false, now_us(a));
	if (leases_of(a->leases, message) == 0)
		reports_due_quiet(a->reports_due, message);
	if (b) {
		b->lost |= lost;
		end_batch(a, b);
	}
	soon(a);
}

void
dispatch_gone(struct conn *c)
{
	struct dispatch *a = c->service->dispatch;
	struct lease *l;

	list_each(struct taker, t, &a->takers, link) {
		if (t->conn != c)
			continue;
		list_unlink(&t->link);
		timer_clear(a->s->o.loop, &t->timer);
		ipc_fail(t->req, E_CLOSED, "the connection ended");
		free(t);
	}
	while ((l = list_first(struct lease, &c->leases, link))) {
		lease_give_up(l);
		if (lease_is_over(l))
			end_lease(a, l);
	}
}

void
dispatch_release(struct conn *c, const struct release_ask *ask)
{
	struct dispatch *a = c->service->dispatch;
	struct rd r = rd_of(ask->leases);
	struct lease *l;

	while (rd_left(&r) >= 8) {
		l = lease_find(a->leases, rd_le64(&r), c);
		if (!l)
			continue;
		lease_give_up(l);
		if (lease_is_over(l))
			end_lease(a, l);
	}
}

uint64_t
dispatch_message(struct conn *c, uint64_t lease)
{
	struct lease *l = lease_find(c->service->dispatch->leases, lease, c);

	return l ? l->message : 0;
}

/* ---- what he reports --------------------------------------------------- */

static void
settle_one(struct dispatch *a, const struct leased *x, bool ok)
{
	struct lease *l = x->lease;

	if (!l)
		return;
	if (ok && l->batch && x->down)
		schedule_down(a->schedule, l->batch->to, now_us(a));
	else if (ok && l->batch)
		schedule_up(a->schedule, l->batch->to);
	lease_settle(a->leases, l, x->n, ok);
	if (lease_is_over(l))
		end_lease(a, l);
}

/* Further ahead than anything waits: the clock was ahead when it was put. What
 * is due of it then is queue_read.c's. */
static void
plan_row(void *arg, const struct queue_news *n)
{
	struct queue_settings o = engine_queue_settings(
	    ((struct dispatch *)arg)->s->o.engine);
	struct dispatch *a = arg;
	struct queue_news known = *n;
	int64_t now = now_us(a) / 1000000;

	if (known.due > now + queue_longest_s(&o))
		known.due = now;
	schedule_news(a->schedule, &known);
}

/* Who looked for what is due passed by what was in store's own hands, and may
 * have forgotten its destination. */
static void
look_again(struct dispatch *a, uint64_t message)
{
	struct err err = { 0 };

	if (reader_queue_again(a->s->look, message, plan_row, a, &err) >= 0)
		return;
	log_event(a->s->o.log, LOG_ERROR, "queue_look_failed", F_ERR(&err));
	schedule_pull_in(a->schedule, now_us(a));
}

static bool
is_own(const struct lease *l)
{
	return l && !l->batch && !l->report;
}

/* A lease ends with its last recipient, so nobody is asked for after it. What
 * an edit did is told as news; but there are none of one that failed, or that
 * was asked for twice. */
void
dispatch_settle(struct dispatch *a, const struct settled *x)
{
	bool all = !x->ok || !x->own;
	uint64_t last = 0;

	a->nown -= x->own;
	for (size_t i = 0; i < x->n; i++) {
		const struct leased *one = &x->leased[i];

		if (all && is_own(one->lease) && one->message != last) {
			last = one->message;
			look_again(a, last);
		}
		settle_one(a, one, x->ok);
	}
}

void
dispatch_news(struct dispatch *a, struct str news)
{
	struct rd r = rd_of(news);
	struct queue_news n;

	while (rd_left(&r) > 0 && queue_news_take(&r, &n)) {
		if (n.kind == QUEUE_NEWS_reports)
			reports_due_add(a->reports_due, n.message,
			    leases_of(a->leases, n.message) > 0 ||
			    n.due * 1000000 > now_us(a), now_us(a));
		else if (n.kind == QUEUE_NEWS_note)
			a->notes.at = 0;
		else if (n.kind == QUEUE_NEWS_by)
			expiry_by(a->expiry, n.due * 1000000);
		else
			schedule_news(a->schedule, &n);
	}
	if (news.n)
		soon(a);
}

/* ---- what he gets ------------------------------------------------------ */

static uint64_t
give_lease(void *arg, uint64_t message, const uint32_t *n,
    const uint32_t *outcome, size_t count)
{
	struct dispatch *a = arg;
	struct lease *l = lease_make(a->leases,
	    loop_random64(a->s->o.loop), a->to, &a->to->leases, message, n,
	    outcome, count);

	l->batch = a->batch;
	l->report = !a->batch;
	if (a->batch)
		a->batch->n++;
	return l->id;
}

static void
answer_first(struct dispatch *a, uint32_t kind, struct str destination,
    uint8_t again)
{
	struct taker *t = list_pop(struct taker, &a->takers, link);
	struct take_answer answer = { kind, destination,
		buf_get(&a->items), again };

	timer_clear(a->s->o.loop, &t->timer);
	ipc_reply(t->req, &answer, -1);
	free(t);
}

/* Reading failed: who asked hears of it, and asks again. */
static void
fail_first(struct dispatch *a, const struct err *err)
{
	struct taker *t = list_pop(struct taker, &a->takers, link);

	timer_clear(a->s->o.loop, &t->timer);
	ipc_fail(t->req, err->code, err->text);
	free(t);
}

/* The items of one lane; < 0 if reading failed. */
static int
fill_lane(struct dispatch *a, struct destination *d, int lane, size_t most,
    struct err *err)
{
	struct queue_leasing l = { give_lease, a };
	struct schedule_busy *b = d->busy;
	int64_t next;
	int n;

	if (most == 0 || b->next[lane] > now_us(a))
		return 0;
	n = reader_queue_batch(a->s->look, str_make(d->name, d->name_n),
	    lane == 1, &b->at[lane], most, &a->items, &next, &l, err);
	if (n >= 0)
		b->next[lane] = next > INT64_MAX / 1000000 ? INT64_MAX
							   : next * 1000000;
	return n;
}

static int
fill(struct dispatch *a, struct destination *d, struct err *err)
{
	size_t most = schedule_room(a->schedule, d, BATCH_MESSAGES);
	int first = d->busy->turn % OLD_FIRST_EVERY == OLD_FIRST_EVERY - 1
		? 0 : 1;
	int n = fill_lane(a, d, first, most, err), more = 0;

	if (n >= 0)
		more = fill_lane(a, d, !first, most - (size_t)n, err);
	return more < 0 ? more : n < 0 ? n : n + more;
}

/* Reading failed half-way: nobody heard of what had been leased. */
static void
take_back(struct dispatch *a, struct batch *b)
{
	struct lease *l;
	size_t n = b->n;

	while (n-- > 0 && (l = list_first(struct lease, &a->to->leases,
	    link)) && l->batch == b) {
		lease_give_up(l);
		end_lease(a, l);
	}
}

static void
give_batch(struct dispatch *a, struct destination *d)
{
	struct batch *b = calloc(1, sizeof(*b));
	struct err err = { 0 };
	int n;

	bug_if(!b);
	b->to = d;
	a->batch = b;
	a->to = list_first(struct taker, &a->takers, link)->conn;
	buf_reset(&a->items);
	n = fill(a, d, &err);
	if (n < 0)
		fail_first(a, &err);
	else if (n > 0)
		answer_first(a, TAKE_DELIVER, str_make(d->name, d->name_n),
		    d->again);
	schedule_served(a->schedule, d, b->n, now_us(a));
	if (b->n == 0)
		free(b);
	else if (n < 0)
		take_back(a, b);
}

static void
give_report(struct dispatch *a, uint64_t message)
{
	struct queue_leasing l = { give_lease, a };
	struct err err = { 0 };
	bool more = false;
	int n;

	a->batch = NULL;
	a->to = list_first(struct taker, &a->takers, link)->conn;
	buf_reset(&a->items);
	n = reader_queue_report(a->s->look, message, &a->items, &more, &l,
	    &err);
	if (n < 0) {
		reports_due_failed(a->reports_due, message, now_us(a));
		fail_first(a, &err);
	} else if (n == 0 && leases_of(a->leases, message) > 0) {
		/* All of it may be in store's own hands just now. */
		reports_due_failed(a->reports_due, message, now_us(a));
	} else if (n == 0) {
		reports_due_done(a->reports_due, message, false, now_us(a));
	} else {
		if (more) /* comes again when this one is done */
			reports_due_add(a->reports_due, message, true,
			    now_us(a));
		answer_first(a, TAKE_REPORT, STR_NULL, 0);
	}
}

static uint64_t
give_note_lease(void *arg, uint64_t note, const uint32_t *n,
    const uint32_t *outcome, size_t count)
{
	struct dispatch *a = arg;
	struct lease *l = lease_make(a->leases,
	    loop_random64(a->s->o.loop), a->to, &a->to->leases, note, n,
	    outcome, count);

	l->report = l->note = true;	/* nothing is sent by it */
	return l->id;
}

/* The next one; false: there is none just now. */
static bool
give_note(struct dispatch *a)
{
	struct queue_leasing l = { give_note_lease, a };
	struct err err = { 0 };
	int rc;

	if (a->notes.at > now_us(a))
		return false;
	a->to = list_first(struct taker, &a->takers, link)->conn;
	buf_reset(&a->items);
	rc = reader_note(a->s->look, &a->notes.after, &a->items, &l, &err);
	if (rc > 0) {
		answer_first(a, TAKE_NOTE, STR_NULL, 0);
		return true;
	}
	a->notes.after = 0;
	a->notes.at = INT64_MAX;
	if (rc < 0) {
		notes_again(a);
		fail_first(a, &err);
	}
	return rc < 0;
}

/* A batch, report or note; false: there is nothing to give, or nobody. */
static bool
give_one(struct dispatch *a)
{
	struct destination *d;
	uint64_t message = 0;

	if (list_empty(&a->takers) || leases_full(a->leases))
		return false;
	a->note_next = !a->note_next;
	if (a->note_next && give_note(a))
		return true;
	d = schedule_take(a->schedule, now_us(a));
	if (!d || a->report_next)
		message = reports_due_take(a->reports_due, now_us(a));
	a->report_next = !a->report_next;
	if (message)
		give_report(a, message);
	else if (d)
		give_batch(a, d);
	return message || d;
}

static void
load_pending(struct dispatch *a)
{
	uint64_t after, *message = a->loaded;
	struct err err = { 0 };
	size_t n, i;

	if (!reports_due_wants_more(a->reports_due, &after))
		return;
	if (reader_queue_reports(a->s->look, after, message,
	    NELEM(a->loaded), &n, &err) < 0) {
		log_event(a->s->o.log, LOG_ERROR, "reports_due_failed",
		    F_ERR(&err));
		return;
	}
	for (i = 0; i < n; i++)
		reports_due_add(a->reports_due, message[i],
		    leases_of(a->leases, message[i]) > 0, now_us(a));
	reports_due_loaded(a->reports_due, n ? message[n - 1] : 0,
	    n < NELEM(a->loaded));
}

static void
sleep_until(struct dispatch *a, int64_t at)
{
	struct loop *l = a->s->o.loop;
	int64_t ms = at == INT64_MAX ? LOOK_AGAIN_MS
				     : (at - now_us(a) + 999) / 1000;

	ms = ms < 0 ? 0 : ms > LOOK_AGAIN_MS ? LOOK_AGAIN_MS : ms;
	timer_set(l, &a->timer, loop_now_ms(l) + ms, on_timer);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Due times are the wall's. When that has jumped ahead nobody has waited for
 * longer, and when it has jumped back nobody is to wait for it to come there
 * again. */
static void
look_at_clock(struct dispatch *a)
{
	struct loop *l = a->s->o.loop;
	int64_t wall = loop_wall(l), mono = loop_now_ms(l) / 1000;
	int64_t jump = (wall - a->wall_s) - (mono - a->mono_s);
	bool first = a->wall_s == 0;

	a->wall_s = wall;
	a->mono_s = mono;
	if (first || (jump < JUMP_S && jump > -JUMP_S))
		return;
	log_event(a->s->o.log, LOG_WARN, "clock_jumped", F_INT("s", jump));
	wall = now_us(a) / 1000000;
	engine_clock_jumped(a->s->o.engine, wall - jump, wall);
	expiry_again(a->expiry);
	if (jump > 0)
		return;
	schedule_pull_in(a->schedule, now_us(a));
	reports_due_pull_in(a->reports_due, now_us(a));
	a->notes.at = 0;
}

static void
hand_out(struct dispatch *a)
{
	int64_t at;
	int i = 0;

	look_at_clock(a);
	at = expiry_run(a->expiry, now_us(a));
	load_pending(a);
	while (i < BATCHES_A_ROUND && give_one(a))
		i++;
	if (!list_empty(&a->takers) && !leases_full(a->leases))
		at = earlier(earlier(at, a->notes.at),
		    earlier(schedule_next(a->schedule),
			reports_due_next(a->reports_due)));
	sleep_until(a, i == BATCHES_A_ROUND ? 0 : at);
}

/* ---- who waits --------------------------------------------------------- */

static void
on_wait_over(struct timer *timer)
{
	struct taker *t = container_of(timer, struct taker, timer);
	struct take_answer nothing = { 0 };

	list_unlink(&t->link);
	ipc_reply(t->req, &nothing, -1);
	free(t);
}

void
call_take(struct conn *c, struct ipc_req *req)
{
	const struct take_ask *ask = req->ask;
	struct dispatch *a = c->service->dispatch;
	struct taker *t = calloc(1, sizeof(*t));
	struct loop *l = a->s->o.loop;
	uint32_t ms = ask->wait_ms < WAIT_MAX_MS ? ask->wait_ms : WAIT_MAX_MS;

	bug_if(!t);
	t->conn = c;
	t->req = req;
	list_append(&a->takers, &t->link);
	/* Who does not want to wait gets what is there all the same. */
	timer_set(l, &t->timer, loop_now_ms(l) + (ms > WAIT_MIN_MS ? ms
		: WAIT_MIN_MS), on_wait_over);
	soon(a);
}

/* ---- what waited too long ---------------------------------------------- */

static void
on_delayed(void *arg, uint64_t message)
{
	struct dispatch *a = arg;

	reports_due_add(a->reports_due, message, false, now_us(a));
}

static bool
expiry_room(void *arg, enum queue_walk what)
{
	const struct dispatch *a = arg;

	return what == WALK_delayed ? !reports_due_is_full(a->reports_due)
				    : a->nown < OWN_MAX;
}

/* Store gives it up itself, as if it had been tried once more. */
static void
on_expired(void *arg, const struct queue_waiting *w, size_t n)
{
	struct dispatch *a = arg;
	struct leased *of = calloc(n, sizeof(*of));
	struct buf results = BUF_INIT(4 << 20);
	const uint32_t none = 0;
	size_t i;

	bug_if(!of);
	for (i = 0; i < n; i++) {
		of[i].lease = lease_make(a->leases,
		    loop_random64(a->s->o.loop), NULL, NULL, w[i].message,
		    &w[i].n, &none, 1);
		of[i].message = w[i].message;
		of[i].n = w[i].n;
		bug_if(!lease_report(of[i].lease, w[i].n));
		msg_put(&results, &queue_result_shape,
		    &(struct queue_result){ .n = w[i].n,
			.outcome = OUTCOME_deferred, .code = w[i].code,
			.status = w[i].status, .text = w[i].text,
			.host = w[i].host });
	}
	a->nown++;
	a->report(a->s, &results, of, n);
}

/* ---- life -------------------------------------------------------------- */

static int64_t
since(void *arg, int64_t age_s)
{
	return engine_since(((struct dispatch *)arg)->s->o.engine, age_s);
}

void
dispatch_settings(struct dispatch *a)
{
	struct queue_settings o = engine_queue_settings(a->s->o.engine);

	schedule_settings(a->schedule, &o);
	expiry_settings(a->expiry, &o);
	soon(a);
}

int
dispatch_new(struct service *s, dispatch_reporter *report,
    struct dispatch **out, struct err *err)
{
	struct dispatch *a = calloc(1, sizeof(*a));
	struct under_way u = { .is = leases_under_way,
		.blocked = schedule_blocked };
	struct expiry_use use = { s->look, on_expired, on_delayed, since,
		expiry_room, a, s->o.log };
	int rc, i;

	bug_if(!a);
	s->dispatch = a;
	a->s = s;
	a->report = report;
	a->items = BUF_INIT(MSG_CHUNK);
	u.plan = a->schedule = schedule_new(loop_random64(s->o.loop));
	a->reports_due = reports_due_new();
	u.arg = a->leases = leases_new();
	reader_under_way(s->look, &u);
	for (i = 0; i < s->nreaders; i++)
		reader_under_way(s->readers[i], &u);
	a->expiry = expiry_new(&use);
	dispatch_settings(a);
	rc = reader_queue_start(s->look, plan_row, a, err);
	*out = a;
	return rc;
}

void
dispatch_free(struct dispatch *a)
{
	if (!a)
		return;
	timer_clear(a->s->o.loop, &a->timer);
	schedule_free(a->schedule);
	leases_free(a->leases);
	reports_due_free(a->reports_due);
	expiry_free(a->expiry);
	buf_free(&a->items);
	free(a);
}
