#include "store/address/srs.h"
#include "store/directory/resolve.h"
#include "store/queue/queue_int.h"

/*
 * What is due, as items for relay. The index has it in the order of
 * (destination, state, when it is due, message), so recipients of one message
 * that are due together come together and become one item.
 */

enum { ITEMS_OCTETS = 60000, RCPTS_OCTETS = 100000 };

struct item_gathering {
	struct reader *r;
	struct buf *out;
	const struct queue_leasing *l;
	struct queue_item item;
	uint32_t n[ITEM_RCPTS], outcome[ITEM_RCPTS];
	size_t nrcpts, nitems;
	struct queue_settings o;
	int64_t now;
};

void
reader_under_way(struct reader *r, const struct under_way *u)
{
	r->under_way = *u;
}

static bool
is_under_way(const struct reader *r, uint64_t message, uint32_t n)
{
	return r->under_way.is && r->under_way.is(r->under_way.arg, message,
	    n);
}

static void
begin_item(struct item_gathering *g, enum sql_statement s)
{
	struct sql *q = &g->r->q;
	struct arena *a = g->r->arena;

	buf_reset(&g->r->more);
	g->nrcpts = 0;
	g->item = (struct queue_item){
		.message = queue_u64(q, s, message),
		FIELDS_envelope(QUEUE_READ, )
		.size = queue_u64(q, s, size),
		.body_8bit = !!queue_u32(q, s, body_8bit),
		.queued = queue_i64(q, s, at),
		.signature = str_dup(a, queue_str(q, s, signature)),
		.signature_7bit = str_dup(a, queue_str(q, s,
		    signature_7bit)) };
	MSG_KEEP(envelope, a, &g->item);
	g->item.expires = queue_i64(q, s, give_up);
	if (g->item.expires == 0)
		g->item.expires = queue_begins(g->item.queued,
		    queue_i64(q, s, released), queue_i64(q, s, stood)) +
		    g->o.expire_s;
	if (g->item.by_mode & BY_return &&
	    g->item.deliver_by < g->item.expires)
		g->item.expires = g->item.deliver_by;
}

static struct queue_rcpt
rcpt_of(struct item_gathering *g, enum sql_statement s)
{
	struct sql *q = &g->r->q;

	return (struct queue_rcpt){ .n = queue_u32(q, s, rcpt),
		FIELDS_addressee(QUEUE_READ, )
		.attempts = queue_u32(q, s, attempts),
		.outcome = queue_u32(q, s, outcome),
		.code = queue_u32(q, s, code),
		.status = queue_str(q, s, status),
		.text = queue_str(q, s, text),
		.host = queue_str(q, s, host),
		.last = queue_i64(q, s, last) };
}

static void
add_rcpt(struct item_gathering *g, const struct queue_rcpt *r)
{
	g->n[g->nrcpts] = r->n;
	g->outcome[g->nrcpts++] = r->outcome;
	msg_put(&g->r->more, &queue_rcpt_shape, r);
}

static bool
item_is_full(const struct item_gathering *g)
{
	return g->nrcpts == ITEM_RCPTS || g->r->more.n > RCPTS_OCTETS;
}

static void
end_item(struct item_gathering *g)
{
	if (g->nrcpts == 0)
		return;
	g->item.lease = g->l->lease(g->l->arg, g->item.message, g->n,
	    g->outcome, g->nrcpts);
	g->item.rcpts = buf_get(&g->r->more);
	msg_put(g->out, &queue_item_shape, &g->item);
	g->nrcpts = 0;
	g->nitems++;
}

/* Take the present row, or say that there is no room for it. */
static bool
take_row(struct item_gathering *g, enum sql_statement s, size_t most)
{
	struct sql *q = &g->r->q;
	uint64_t message = queue_u64(q, s, message);
	struct queue_rcpt r = rcpt_of(g, s);

	if (is_under_way(g->r, message, r.n))
		return true;
	if (g->nrcpts && (g->item.message != message || item_is_full(g)))
		end_item(g);
	if (g->nrcpts == 0) {
		if (g->nitems == most || g->out->n > ITEMS_OCTETS)
			return false;
		begin_item(g, s);
	}
	add_rcpt(g, &r);
	return true;
}

/* Fresh mail is due when it comes, and no other waits longer than so: what is
 * further ahead was so before the clock jumped back, and is due now. */
static int
take_far_ahead(struct item_gathering *g, struct str domain, bool fresh,
    size_t most, int64_t *next_due, struct err *err)
{
	enum sql_statement s = SQL_queue_due;
	int64_t far = g->now + (fresh ? 0 : queue_longest_s(&g->o));
	int rc = sql_first(&g->r->q, s, SQL_VALS(vs(domain),
	    vi(fresh ? ROW_fresh : ROW_waits), vi((uint64_t)far + 1), vi(0),
	    vi(0)), err);

	if (*next_due > far)
		*next_due = INT64_MAX;
	while (rc > 0) {
		if (!take_row(g, s, most)) {
			*next_due = g->now;
			break;
		}
		rc = sql_next(&g->r->q, s, err);
	}
	if (rc > 0)
		sql_end(&g->r->q, s);
	return rc;
}

int
reader_queue_batch(struct reader *r, struct str domain, bool fresh,
    struct queue_place *at, size_t most, struct buf *out, int64_t *next_due,
    const struct queue_leasing *l, struct err *err)
{
	enum sql_statement s = SQL_queue_due;
	struct item_gathering *g;
	bool full = false;
	int64_t due;
	int rc = sql_first(&r->q, s, SQL_VALS(vs(domain),
	    vi(fresh ? ROW_fresh : ROW_waits), vi((uint64_t)at->due),
	    vi(at->message), vi(at->rcpt)), err);

	arena_reset(r->arena);
	g = arena_new_of(r->arena, struct item_gathering);
	*g = (struct item_gathering){ .r = r, .out = out, .l = l,
		.o = engine_queue_settings(r->e),
		.now = engine_now_us(r->e) / 1000000 };
	*next_due = INT64_MAX;
	while (rc > 0) {
		due = queue_i64(&r->q, s, next_due);
		full = due <= g->now && !take_row(g, s, most);
		if (due > g->now || full) {
			*next_due = due;
			break;
		}
		*at = (struct queue_place){ due,
			queue_u64(&r->q, s, message),
			queue_u32(&r->q, s, rcpt) };
		rc = sql_next(&r->q, s, err);
	}
	if (rc > 0)
		sql_end(&r->q, s);
	if (rc >= 0 && !full)
		rc = take_far_ahead(g, domain, fresh, most, next_due, err);
	end_item(g);
	return rc < 0 ? rc : (int)g->nitems;
}

/* ---- reports ----------------------------------------------------------- */

static bool
may_tell(struct item_gathering *g, enum sql_statement s, uint32_t bit)
{
	struct sql *q = &g->r->q;

	return queue_may_tell(queue_str(q, s, reverse_path),
	    queue_u32(q, s, notify), bit, g->o.double_bounces);
}

/* One that waits and is to be told of only because it waits so long. */
static bool
is_delayed(struct item_gathering *g, enum sql_statement s)
{
	struct sql *q = &g->r->q;
	uint32_t state = queue_u32(q, s, state);

	return (state == ROW_waits || state == ROW_fresh) &&
	    g->o.notice_s && !(queue_u32(q, s, noticed) & NOTICED_delay) &&
	    queue_begins(queue_i64(q, s, at), queue_i64(q, s, released),
		queue_i64(q, s, stood)) <=
		engine_since(g->r->e, g->o.notice_s) &&
	    may_tell(g, s, NOTIFY_delay);
}

/* The same, because the time of BY has passed. */
static bool
is_late(struct item_gathering *g, enum sql_statement s)
{
	struct sql *q = &g->r->q;
	uint32_t state = queue_u32(q, s, state);

	return (state == ROW_waits || state == ROW_fresh) &&
	    !(queue_u32(q, s, noticed) & NOTICED_by) &&
	    queue_by_is(queue_u32(q, s, by_mode), BY_notify,
		queue_i64(q, s, deliver_by), g->now) &&
	    may_tell(g, s, NOTIFY_delay);
}

/* Who is told when the message itself has no sender. */
static int
postmaster(struct item_gathering *g, struct err *err)
{
	int rc = sql_first(&g->r->q, SQL_domain_first, NULL, 0, err);

	if (rc <= 0)
		return rc;
	g->item.reverse_path = arena_printf(g->r->arena, "postmaster@%.*s",
	    STR_FMT(sql_str(&g->r->q, domain_first, name)));
	sql_end(&g->r->q, SQL_domain_first);
	return 0;
}

/* Mail of strangers went on under an address of ours: the report is to them,
 * and says so. */
static void
name_stranger(struct item_gathering *g)
{
	struct str path = g->item.reverse_path, back;

	if (!srs_return(&g->r->e->srs_key, str_first(path,
	    str_rchr(path, '@')), g->now, g->r->arena, &back))
		return;
	g->item.reverse_path = back;
	g->item.stranger = 1;
}

/* What the way of a report can do is known only if it ends here. */
static int
find_end_of_report(struct item_gathering *g, struct err *err)
{
	struct resolved who;
	int rc = resolve_address(&g->r->q, g->r->arena, g->item.reverse_path,
	    &who, err);

	g->item.elsewhere = rc < 0 || who.kind != ADDRESS_ACCOUNT;
	return rc;
}

static void
take_reported(struct item_gathering *g, enum sql_statement s)
{
	struct queue_rcpt r = rcpt_of(g, s);

	if (queue_u32(&g->r->q, s, state) != ROW_reports)
		r.outcome = is_late(g, s) ? OUTCOME_late : OUTCOME_delayed;
	if (g->nrcpts == 0) {
		begin_item(g, s);
		name_stranger(g);
	}
	add_rcpt(g, &r);
}

int
reader_queue_report(struct reader *r, uint64_t message, struct buf *out,
    bool *more, const struct queue_leasing *l, struct err *err)
{
	enum sql_statement s = SQL_queue_of;
	struct item_gathering *g;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(message)), err);

	arena_reset(r->arena);
	g = arena_new_of(r->arena, struct item_gathering);
	*g = (struct item_gathering){ .r = r, .out = out, .l = l,
		.o = engine_queue_settings(r->e),
		.now = engine_now_us(r->e) / 1000000 };
	while (rc > 0 && !item_is_full(g)) {
		if (!is_under_way(r, message, queue_u32(&r->q, s, rcpt)) &&
		    (queue_u32(&r->q, s, state) == ROW_reports ||
			is_delayed(g, s) || is_late(g, s)))
			take_reported(g, s);
		rc = sql_next(&r->q, s, err);
	}
	*more = rc > 0;
	if (rc > 0)
		sql_end(&r->q, s);
	rc = rc < 0 ? rc : 0;
	if (rc == 0 && g->nrcpts && g->item.reverse_path.n == 0)
		rc = postmaster(g, err);
	if (rc == 0 && g->nrcpts)
		rc = find_end_of_report(g, err);
	if (rc == 0)
		end_item(g);
	return rc < 0 ? rc : (int)g->nitems;
}

/* ---- content ----------------------------------------------------------- */

void
reader_told(struct reader *r, uint64_t message, uint32_t wait_s)
{
	r->leased = message;
	r->wait_s = wait_s;
}

static int
queued_at(struct reader *r, const struct queue_content_ask *ask,
    const struct place *at, struct queue_content_answer *out, struct err *err)
{
	int rc = blob_front(r, at, STR_NULL, &out->prefix, err);

	out->total = at->length;
	return rc < 0 ? rc : blob_octets(r, at, ask->offset, ask->len,
	    &out->octets, err);
}

int
read_queue_content(struct reader *r, const struct caller *c,
    const struct queue_content_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct queue_content_answer *out = &answer->queue_content;
	struct place at;
	int rc;

	(void)c;
	if (r->leased == 0)
		return err_set(err, E_NOTFOUND, "no lease of yours");
	rc = place_get(&r->q, r->leased, &at, err);
	if (rc == 0)
		rc = queued_at(r, ask, &at, out, err);
	if (rc == E_DAMAGED && blob_moved(&r->q, &at))
		rc = queued_at(r, ask, &at, out, err);
	return blob_damaged(r, r->leased, rc, err);
}
