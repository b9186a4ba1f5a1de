#include "relay/report.h"

enum {
	WAITING_MAX = 10000,
	LOOK_MS = 50,
	RETRY_MIN_MS = 500, RETRY_MAX_MS = 10000,
	RESULT_FIXED = 128, /* octets of a result besides its long texts */
	LEASES_MAX = 8 * 1000,
};

/* What goes in one STORE_report. */
struct report_batch {
	struct report_batch *next;
	uint64_t generation;
	size_t n;
	struct buf results;
	struct buf ids; /* a struct delivered_id of each */
	struct buf leases; /* u64 each: released behind the results */
};

struct reports {
	struct loop *loop;
	struct store *store;
	struct report_batch *first, **end;
	struct report_batch *last;
	struct delivered_ledger *ledger;
	size_t waiting;
	bool running;
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

static struct report_batch *
first_batch(struct reports *r)
{
	struct report_batch *b = r->first;

	if (!b)
		return NULL;
	r->first = b->next;
	if (!r->first) {
		r->end = &r->first;
		r->last = NULL;
	}
	return b;
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
	bug_if(r->running);
	while ((b = first_batch(r)))
		report_batch_free(b);
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

/* Worth another try: with the same change id it is done only once. */
static bool
may_pass(int e)
{
	return e == E_BUSY || e == E_FULL || e == E_TIMEOUT || e == E_IO ||
	    e == E_LIMIT;
}

/* Until store has taken them, or is gone: without the results it would keep the
 * leases, and its successor would send again what has been delivered. */
static int
report_batch(struct reports *r, struct report_batch *b, struct err *err)
{
	const struct report_ask ask = { store_change_id(r->store),
		buf_get(&b->results) };
	struct done done;
	int64_t pause_ms = RETRY_MIN_MS;
	int e;

	while (!is_lost(r, b)) {
		e = store_call(r->store, STORE_report, &ask, &done, NULL, err);
		if (!may_pass(e) || loop_stopping(r->loop))
			return e;
		log_event(loop_log(r->loop), LOG_WARN, "unreported",
		    F_INT("results", b->n), F_ERR(err));
		if (fiber_sleep(r->loop, loop_now_ms(r->loop) + pause_ms) < 0)
			return e;
		pause_ms = pause_ms * 2 < RETRY_MAX_MS ? pause_ms * 2
						       : RETRY_MAX_MS;
	}
	return err_set(err, E_PEER, "store was restarted");
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

static void
send_batches(void *arg)
{
	struct reports *r = arg;
	struct log *log = loop_log(r->loop);
	struct report_batch *b;

	while ((b = first_batch(r))) {
		struct err err = { 0 };
		int e = b->n > 0 ? report_batch(r, b, &err) : 0;

		if (e < 0)
			log_event(log, e == E_PEER ? LOG_WARN : LOG_ERROR,
			    "unreported", F_INT("results", b->n),
			    F_ERR(&err));
		if (e == E_PEER || is_lost(r, b))
			remember_delivered(r, b);
		if (b->leases.n > 0 && !is_lost(r, b)) {
			const struct release_ask ask = { buf_get(&b->leases) };

			store_notify(r->store, STORE_release, &ask);
		}
		r->waiting -= b->n;
		report_batch_free(b);
	}
	r->running = false;
}

/* Gathering ------------------------------------------------------------- */

/* The last one, if this still goes into it. */
static struct report_batch *
batch_for(struct reports *r, uint64_t generation, size_t octets)
{
	struct report_batch *b = r->last;

	if (b && b->generation == generation && b->leases.n < LEASES_MAX &&
	    octets <= MSG_CHUNK - b->results.n)
		return b;
	b = calloc(1, sizeof(*b));
	bug_if(!b);
	b->generation = generation;
	b->results = BUF_INIT(MSG_CHUNK);
	b->ids = BUF_INIT(MSG_CHUNK);
	b->leases = BUF_INIT(LEASES_MAX);
	*r->end = r->last = b;
	r->end = &b->next;
	return b;
}

/* In the next round of the loop, with all that comes in this one. */
static void
begin_sending(struct reports *r)
{
	if (r->running)
		return;
	r->running = true;
	(void)fiber_spawn(r->loop, "report", send_batches, r);
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
