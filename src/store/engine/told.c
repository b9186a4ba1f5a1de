/*
 * told.c - what a batch did to mailboxes and their names, for who watches.
 */
#include "store/engine/engine_int.h"

void
batch_changed(struct engine *e, uint64_t account, uint64_t mailbox,
    uint64_t modseq, uint32_t what)
{
	struct mailbox_changed *c = e->changed.n ?
	    &e->changed.p[e->changed.n - 1] : NULL;

	if (e->changed.n == e->told_changed || c->account != account ||
	    c->mailbox != mailbox) {
		c = vec_add(&e->changed);
		*c = (struct mailbox_changed){ account, mailbox, .by = e->by };
	}
	c->modseq = modseq;
	c->what |= what;
	if (c->by != e->by)
		c->by = 0;
}

const struct mailbox_changed *
engine_changed(const struct engine *e, size_t *n)
{
	*n = e->changed.n;
	return e->changed.p;
}

void
batch_named(struct engine *e, uint64_t account, uint32_t what,
    struct str name, struct str was)
{
	buf_le64(&e->named, account);
	buf_le64(&e->named, e->by);
	buf_le32(&e->named, what);
	buf_le32(&e->named, (uint32_t)name.n);
	buf_str(&e->named, name);
	buf_le32(&e->named, (uint32_t)was.n);
	buf_str(&e->named, was);
}

bool
name_changed_take(struct rd *r, struct name_changed *n)
{
	n->account = rd_le64(r);
	n->by = rd_le64(r);
	n->what = rd_le32(r);
	n->name = rd_take(r, rd_le32(r));
	n->was = rd_take(r, rd_le32(r));
	return rd_ok(r);
}

struct str
engine_named(const struct engine *e)
{
	return buf_get(&e->named);
}
