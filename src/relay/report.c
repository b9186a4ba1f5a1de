#include "relay/report.h"

enum {
	WAITING_MAX = 10000,
	LOOK_MS = 50,
	AGAIN_MIN_MS = 500, AGAIN_MAX_MS = 10000,
	RESULT_FIXED = 128, /* octets of a result besides its long texts */
	LEASES_MAX = 8 * 1000,
};

/* What goes in one STORE_report. */
struct report_batch {
	struct report_batch *next;
	uint64_t generation;
	uint64_t change;	/* 0: not told yet, so more may be added */
	int64_t again_ms, pause_ms;	/* store could not: not before that */
	size_t n;
	struct buf results;
	struct buf ids; /* a struct delivered_id of each */
	struct buf leases; /* u64 each: released behind the results */
};

struct reports {
	struct loop *loop;
	struct store *store;
	struct report_batch *first, **end;
	struct delivered_ledger *ledger;
	size_t waiting;
	struct fiber *fiber;	/* that sends them; NULL: none */
};

struct reports *
reports_new(struct loop *l, struct store *st)
{
	struct reports *r = calloc(1, sizeof(*r));

	bug_if(!r);
	r->loop = l;
	r->store = st;
	r->ledger = delivered_ledger_new();
	r->end = &r->first;
	return r;
}

static void
report_batch_free(struct report_batch *b)
{
	buf_free(&b->results);
	buf_free(&b->ids);
	buf_free(&b->leases);
	free(b);
}

void
reports_free(struct reports *r)
{
	struct report_batch *b;

	if (!r)
		return;
	bug_if(r->fiber);
	while ((b = r->first)) {
		r->first = b->next;
		report_batch_free(b);
	}
	delivered_ledger_free(r->ledger);
	free(r);
}

size_t
reports_waiting(const struct reports *r)
{
	return r->waiting;
}

/* Sending --------------------------------------------------------------- */

static bool
is_lost(const struct reports *r, const struct report_batch *b)
{
	return b->generation != store_generation(r->store);
}

/* Worth another try: with the same change id it is done only once. What is
 * over a bound of store's is so the next time, too. */
static bool
may_pass(int e)
{
	return e == E_BUSY || e == E_FULL || e == E_TIMEOUT || e == E_IO ||
	    e == E_DAMAGED;
}

static void
remember_one(struct reports *r, struct delivered_id id,
    const struct queue_result *q)
{
	if (q->outcome == OUTCOME_delivered || q->outcome == OUTCOME_relayed)
		delivered_ledger_add(r->ledger, id, q, loop_now_ms(r->loop));
}

static void
remember_delivered(struct reports *r, const struct report_batch *b)
{
	struct rd results = rd_of(buf_get(&b->results));
	struct rd ids = rd_of(buf_get(&b->ids));
	struct queue_result q;
	struct delivered_id id;

	while (rd_left(&results) > 0 &&
	    msg_take(&results, &queue_result_shape, &q)) {
		id.message = rd_le64(&ids);
		id.rcpt = rd_le64(&ids);
		remember_one(r, id, &q);
	}
}

/* Take the first off that may be told now; NULL: none, and none before *at. */
static struct report_batch *
take_batch(struct reports *r, bool stopping, int64_t *at)
{
	struct report_batch **from = &r->first, *b;
	int64_t now = loop_now_ms(r->loop);

	for (*at = NEVER; (b = *from); from = &b->next) {
		if (b->again_ms <= now || is_lost(r, b) || stopping)
			break;
		*at = b->again_ms < *at ? b->again_ms : *at;
	}
	if (!b)
		return NULL;
	*from = b->next;
	if (!b->next)
		r->end = from;
	return b;
}

static void
put_batch(struct reports *r, struct report_batch *b)
{
	b->next = NULL;
	*r->end = b;
	r->end = &b->next;
}

/* Without the results store would keep the leases, and its successor would
 * send again what has been delivered: so what it cannot take now is told later
 * and until it is gone, behind all others. One batch that it never can take,
 * for a damaged page for example, holds up nothing but itself. */
static void
send_batch(struct reports *r, struct report_batch *b)
{
	struct log *log = loop_log(r->loop);
	const struct report_ask ask = {
		b->change ? b->change : store_change_id(r->store),
		buf_get(&b->results) };
	struct err err = { 0 };
	struct done done;
	int e = 0;

	b->change = ask.change;
	if (is_lost(r, b))
		e = err_set(&err, E_PEER, "store was restarted");
	else if (b->n > 0)
		e = store_call(r->store, STORE_report, &ask, &done, NULL,
		    &err);
	if (e < 0)
		log_event(log, e == E_PEER || may_pass(e) ? LOG_WARN :
		    LOG_ERROR, "unreported", F_INT("results", b->n),
		    F_ERR(&err));
	if (may_pass(e) && !is_lost(r, b) && !loop_stopping(r->loop)) {
		b->pause_ms = b->pause_ms == 0 ? AGAIN_MIN_MS :
		    b->pause_ms < AGAIN_MAX_MS / 2 ? b->pause_ms * 2 :
		    AGAIN_MAX_MS;
		b->again_ms = loop_now_ms(r->loop) + b->pause_ms;
		put_batch(r, b);
		return;
	}
	if (e == E_PEER || is_lost(r, b))
		remember_delivered(r, b);
	if (b->leases.n > 0 && !is_lost(r, b)) {
		const struct release_ask release = { buf_get(&b->leases) };

		store_notify(r->store, STORE_release, &release);
	}
	r->waiting -= b->n;
	report_batch_free(b);
}

static void
send_batches(void *arg)
{
	struct reports *r = arg;
	struct report_batch *b;
	bool stopping = false;
	int64_t at, look;

	while (r->first) {
		stopping |= loop_stopping(r->loop);
		look = loop_now_ms(r->loop) + AGAIN_MIN_MS;
		if ((b = take_batch(r, stopping, &at)))
			send_batch(r, b);
		else
			stopping = fiber_wait(r->loop, at < look ? at :
			    look) == E_CANCELED;
	}
	r->fiber = NULL;
}

/* Gathering ------------------------------------------------------------- */

/* The last one, if this still goes into it. */
static struct report_batch *
batch_for(struct reports *r, uint64_t generation, size_t octets)
{
	struct report_batch *b = r->first ?
	    container_of(r->end, struct report_batch, next) : NULL;

	if (b && b->change == 0 && b->generation == generation &&
	    b->leases.n < LEASES_MAX && octets <= MSG_CHUNK - b->results.n)
		return b;
	b = calloc(1, sizeof(*b));
	bug_if(!b);
	b->generation = generation;
	b->results = BUF_INIT(MSG_CHUNK);
	b->ids = BUF_INIT(MSG_CHUNK);
	b->leases = BUF_INIT(LEASES_MAX);
	put_batch(r, b);
	return b;
}

/* In the next round of the loop, with all that comes in this one. */
static void
begin_sending(struct reports *r)
{
	if (r->fiber)
		fiber_wake(r->loop, r->fiber);
	else
		r->fiber = fiber_spawn(r->loop, "report", send_batches, r);
}

void
reports_add(struct reports *r, uint64_t generation, struct delivered_id id,
    const struct queue_result *result)
{
	struct queue_result q = *result;
	struct report_batch *b;

	q.status = str_first(q.status, 12);
	q.text = str_first(q.text, 1000);
	q.host = str_first(q.host, 255);
	q.address = str_first(q.address, 64);
	q.tls = str_first(q.tls, 64);
	if (generation != store_generation(r->store)) {
		remember_one(r, id, &q);
		return;
	}
	b = batch_for(r, generation, RESULT_FIXED + q.text.n + q.host.n +
	    q.address.n + q.tls.n);
	msg_put(&b->results, &queue_result_shape, &q);
	buf_le64(&b->ids, id.message);
	buf_le64(&b->ids, id.rcpt);
	bug_if(buf_failed(&b->results) || buf_failed(&b->ids));
	b->n++;
	r->waiting++;
	begin_sending(r);
}

bool
reports_delivered(struct reports *r, struct delivered_id id,
    struct queue_result *result, struct arena *a)
{
	return delivered_ledger_take(r->ledger, id, result, a);
}

void
reports_release(struct reports *r, uint64_t generation, uint64_t lease)
{
	struct report_batch *b = batch_for(r, generation, 0);

	buf_le64(&b->leases, lease);
	bug_if(buf_failed(&b->leases));
	begin_sending(r);
}

int
reports_room(struct reports *r)
{
	while (r->waiting >= WAITING_MAX) {
		int e = fiber_sleep(r->loop, loop_now_ms(r->loop) + LOOK_MS);

		if (e < 0)
			return e;
	}
	return 0;
}
