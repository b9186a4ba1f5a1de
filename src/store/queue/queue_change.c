#include "store/queue/hold.h"

/*
 * What the operator does to many recipients at once, a slice at a time, so
 * that a million of them hold up nobody's commit.
 */

enum { CHANGES_MAX = 400, LOOKED_AT_MAX = 5000 };

/* "@example.org" is everybody there. */
static bool
address_fits(struct str want, struct str address)
{
	if (want.n == 0)
		return true;
	if (want.p[0] == '@')
		return str_eqi(want, str_from(address,
		    str_rchr(address, '@')));
	return str_eqi(want, address);
}

bool
queue_fits(const struct queue_list_ask *f, struct str sender, struct str rcpt,
    struct str domain, int64_t at, uint32_t state)
{
	return address_fits(f->sender, sender) && address_fits(f->rcpt, rcpt) &&
	    (f->domain.n == 0 || str_eqi(f->domain, domain)) &&
	    (f->before == 0 || at < f->before) &&
	    (!f->held || state == ROW_held);
}

bool
queue_cursor(struct str cursor, uint64_t message, uint64_t *m, uint32_t *n)
{
	struct rd r = rd_of(cursor);

	/* Behind all of the message before. */
	*m = message ? message - 1 : 0;
	*n = UINT32_MAX;
	if (cursor.n == 0)
		return true;
	*m = rd_le64(&r);
	*n = rd_le32(&r);
	return rd_done(&r);
}

struct str
queue_cursor_of(struct arena *a, uint64_t message, uint32_t n)
{
	struct buf b = BUF_INIT(16);
	struct str out;

	buf_le64(&b, message);
	buf_le32(&b, n);
	out = str_dup(a, buf_get(&b));
	buf_free(&b);
	return out;
}

struct changing {
	struct engine *e;
	struct write *w;
	struct queue_list_ask filter;
	uint32_t action;
	struct { uint64_t message; uint32_t n; } row[CHANGES_MAX];
	size_t n;
};

/* Which ones, first: a statement must not walk over rows that change. */
static int
choose_rows(struct changing *c)
{
	enum sql_statement s = SQL_queue_rows;
	struct sql *q = &c->e->w;
	uint64_t message = 0;
	uint32_t n = 0;
	int rc, looked = 0;

	if (!queue_cursor(c->filter.cursor, c->filter.message, &message, &n))
		return err_set(&c->w->err, E_INVALID, "no such cursor");
	rc = sql_first(q, s, SQL_VALS(vi(message), vi(n)), &c->w->err);
	while (rc > 0) {
		if (c->filter.message && queue_u64(q, s, message) !=
		    c->filter.message)
			break;
		if (c->n == CHANGES_MAX || looked++ == LOOKED_AT_MAX) {
			c->w->answer.queue_change.next = queue_cursor_of(
			    c->e->arena, message, n);
			break;
		}
		message = queue_u64(q, s, message);
		n = queue_u32(q, s, rcpt);
		if (queue_fits(&c->filter, queue_str(q, s, reverse_path),
		    queue_str(q, s, address), queue_str(q, s, domain),
		    queue_i64(q, s, at), queue_u32(q, s, state))) {
			c->row[c->n].message = message;
			c->row[c->n++].n = n;
		}
		rc = sql_next(q, s, &c->w->err);
	}
	if (rc > 0)
		sql_end(q, s);
	return rc < 0 ? rc : 0;
}

static int
retry_row(struct changing *c, const struct queued *q)
{
	queued_journal(c->e, JOURNAL_retried, q, 0, STR_NULL);
	queued_news(c->e, QUEUE_NEWS_unblock, q, c->e->now_s);
	queued_news(c->e, news_of_state(q->state), q, c->e->now_s);
	c->w->answer.queue_change.changed++;
	return sql_run(&c->e->w, SQL_queue_rcpt_move, SQL_VALS(vi(q->state),
	    vi((uint64_t)c->e->now_s), vi(q->message), vi(q->n)),
	    &c->w->err);
}

/* Whoever names the message lets it past what holds stand; nobody else. */
static int
release_row(struct changing *c, const struct queued *q)
{
	struct hold h;
	int rc = c->filter.message ? 0 : hold_of(c->e, q->reverse_path,
	    q->address, q->domain, &h, &c->w->err);

	if (rc < 0)
		return rc;
	if (rc > 0) {
		c->w->answer.queue_change.kept++;
		return q->by_hand ? hold_row(c->e, q, false, STR_NULL,
		    &c->w->err) : 0;
	}
	c->w->answer.queue_change.changed++;
	return hold_let_go(c->e, q, STR_NULL, &c->w->err);
}

/* Also what a hold means: it stays when that is over. */
static int
hold_by_hand(struct changing *c, const struct queued *q)
{
	if (q->state == ROW_held && q->by_hand)
		return 0;
	c->w->answer.queue_change.changed++;
	return hold_row(c->e, q, true, STR_NULL, &c->w->err);
}

static int
drop_row(struct changing *c, const struct queued *q)
{
	int rc = queued_drop(c->e, q, &c->w->err);

	queued_journal(c->e, JOURNAL_dropped, q, 0, STR_NULL);
	c->w->answer.queue_change.changed++;
	return rc < 0 ? rc : queued_finish(c->e, q->message, &c->w->err);
}

/* All of its recipients go with it, so that nobody is let go by accident. */
static int
release_later(struct changing *c, const struct queued *q)
{
	if (c->filter.message == 0)
		return 0;
	c->w->answer.queue_change.changed = (uint32_t)c->n;
	return later_release(c->e, q->message, STR("by the operator"),
	    &c->w->err);
}

static int
change_one(struct changing *c, uint64_t message, uint32_t n)
{
	struct queued q;
	int rc = queued_get(c->e, message, n, &q, &c->w->err);

	if (rc <= 0)
		return rc;
	if (c->action == QUEUE_DROP)
		return drop_row(c, &q);
	if (q.state == ROW_later && c->action == QUEUE_RELEASE)
		return release_later(c, &q);
	if (q.state == ROW_reports || q.state == ROW_later)
		return 0;
	if (c->action == QUEUE_HOLD)
		return hold_by_hand(c, &q);
	if (c->action == QUEUE_RELEASE && q.state == ROW_held)
		return release_row(c, &q);
	if (c->action == QUEUE_RETRY && q.state != ROW_held)
		return retry_row(c, &q);
	return 0;
}

int
write_queue_change(struct engine *e, struct write *w)
{
	const struct queue_change_ask *ask = w->ask;
	struct changing *c = arena_new_of(e->arena, struct changing);
	size_t i;
	int rc;

	if (ask->action < QUEUE_RETRY || ask->action > QUEUE_DROP)
		return err_set(&w->err, E_INVALID, "no such action");
	*c = (struct changing){ .e = e, .w = w, .action = ask->action,
		.filter = { ask->message, ask->sender, ask->rcpt, ask->domain,
		    ask->before, ask->held, ask->cursor } };
	rc = choose_rows(c);
	for (i = 0; i < c->n && rc == 0; i++)
		rc = change_one(c, c->row[i].message, c->row[i].n);
	return rc;
}
