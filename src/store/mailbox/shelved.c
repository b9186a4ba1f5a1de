#include "store/mailbox/shelved.h"

#include "store/mailbox/sweeping.h"
#include "store/shelf/shelf.h"

static void
shelf_failed(struct reader *r, uint64_t account, int rc, const struct err *why)
{
	if (rc < 0 && r->e->o.log)
		log_event(r->e->o.log, LOG_WARN, "shelf_failed",
		    F_INT("account", account), F_ERR(why));
}

void
shelf_page_look(struct reader *r, struct shelf_page *p, size_t n,
    size_t enough)
{
	size_t missing = 0, looked;
	struct err err = { 0 };
	int rc = shelf_look(r->e->shelves, p->account, p->mailbox, p->v, n,
	    enough, &looked, r->arena, &err);

	shelf_failed(r, p->account, rc, &err);
	for (size_t i = 0; i < looked; i++)
		missing += p->v[i].facts.n == 0;
	p->keeps = missing >= SHELF_LEAST && !engine_refuses(r->e);
}

void
shelf_page_keep(struct reader *r, const struct shelf_page *p, size_t from,
    size_t to)
{
	struct err err = { 0 };

	if (to - from >= SHELF_LEAST)
		shelf_failed(r, p->account, shelf_put(r->e->shelves,
		    p->account, p->mailbox, p->v + from, to - from, &err),
		    &err);
}

/* ---- what goes ---------------------------------------------------------- */

static bool
message_gone(void *arg, uint64_t mailbox, uint32_t uid, uint64_t blob)
{
	struct sweeping *s = arg;
	struct sql *q = &s->r->q;
	int rc = sql_first(q, SQL_placement_content, SQL_VALS(vi(s->account),
	    vi(mailbox), vi(uid)), NULL);
	bool gone;

	if (rc <= 0)
		return rc == 0;
	gone = sql_u64(q, placement_content, blob) != blob;
	sql_end(q, SQL_placement_content);
	return gone;
}

void
reader_sweep_shelves(struct reader *r, bool (*stop)(void *arg), void *arg)
{
	struct sweeping s = { .r = r };
	struct err err = { 0 };

	shelf_drop_others(r->e->shelves, sweeping_account_gone, &s);
	for (size_t i = 0; i < s.accounts.n && !stop(arg); i++) {
		s.account = s.accounts.p[i];
		shelf_failed(r, s.account, shelf_sweep(r->e->shelves,
		    s.account, message_gone, &s, &err), &err);
	}
	shelf_rest(r->e->shelves);
	vec_free(&s.accounts);
}
