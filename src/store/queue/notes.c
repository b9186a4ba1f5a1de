#include "store/engine/note.h"
#include "store/queue/held.h"

/*
 * Notes to people (engine/note.h), as relay is handed them, and the mail it
 * makes of one: delivered, and the note gone, in one commit. So whatever is
 * lost, there is the note or there is the mail.
 */

static const uint32_t note_rcpt, note_outcome;

/* As it is now: it may have been ended since. */
static int
read_answer(struct reader *r, uint64_t account, struct str *out,
    struct err *err)
{
	auto_buf b = BUF_INIT(70000);
	struct vacation v;
	int rc = sql_first(&r->q, SQL_vacation_get, SQL_VALS(vi(account)),
	    err);

	if (rc <= 0)
		return rc;
	v = (struct vacation){ VACATION_OF(&r->q, vacation_get) };
	msg_put(&b, &vacation_shape, &v);
	sql_end(&r->q, SQL_vacation_get);
	bug_if(buf_failed(&b));
	*out = str_dup(r->arena, buf_get(&b));
	return 0;
}

/* What is left of what it was about; the first ones, which fit. */
static int
read_untold(struct reader *r, uint64_t account, struct note_item *item,
    struct err *err)
{
	auto_buf b = BUF_INIT(70000);
	enum sql_statement s = SQL_held_told;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(item->note), vi(account)),
	    err);

	for (; rc > 0; rc = sql_next(&r->q, s, err), item->nheld++) {
		struct held h;
		struct held_row row;

		if (item->nheld >= NOTE_HELD_ROWS)
			continue;
		h = held_read(&r->q, s, r->arena);
		row = held_row_of(r->e, &h);
		msg_put(&b, &held_row_shape, &row);
	}
	bug_if(buf_failed(&b));
	item->held = str_dup(r->arena, buf_get(&b));
	return rc;
}

int
reader_note(struct reader *r, uint64_t *after, struct buf *out,
    const struct queue_leasing *l, struct err *err)
{
	struct sql *q = &r->q;
	struct note_item item = { 0 };
	uint64_t account;
	int rc;

	arena_reset(r->arena);
	do
		rc = sql_first(q, SQL_note_next, SQL_VALS(vi(*after)), err);
	while (rc > 0 && (*after = sql_u64(q, note_next, note),
	    r->under_way.is && r->under_way.is(r->under_way.arg, *after,
		note_rcpt)) && (sql_end(q, SQL_note_next), true));
	if (rc <= 0)
		return rc;
	item = (struct note_item){ .note = *after,
		.kind = sql_u32(q, note_next, kind),
		.at = sql_i64(q, note_next, at),
		.address = sql_str(q, note_next, address),
		.to = sql_str(q, note_next, target),
		.facts = sql_str(q, note_next, facts) };
	MSG_KEEP(note_item, r->arena, &item);
	account = sql_u64(q, note_next, account);
	sql_end(q, SQL_note_next);
	if (item.kind == NOTE_vacation)
		rc = read_answer(r, account, &item.vacation, err);
	if (item.kind == NOTE_held)
		rc = read_untold(r, account, &item, err);
	if (rc < 0)
		return rc;
	item.lease = l->lease(l->arg, *after, &note_rcpt, &note_outcome, 1);
	msg_put(out, &note_item_shape, &item);
	return 1;
}

static int
send_note(struct engine *e, struct write *w, struct str about,
    struct str target)
{
	struct str to = target.n ? target : about;
	int most = target.n ? ANSWER_MAIL_MAX : NOTE_MAIL_MAX;
	const struct note_send_ask *ask = w->ask;
	struct submit_ask submit = { .smtputf8 = !str_is_ascii(to) ||
	    !str_is_ascii(about),	/* it is in From */
		.protocol = STR("note") };
	int rc;

	/* No quota holds here. */
	if (ask->raw_size > (uint64_t)most)
		return err_set(&w->err, E_LIMIT, "a note has %d octets at "
		    "most", most);
	MSG_COPY(deposited, &submit, ask);
	rc = submit_report(e, w, &submit, &to, 1,
	    &w->answer.note_send.message);
	return rc == E_NOTFOUND ? 0 : rc;	/* nobody is there to hear */
}

int
write_note_send(struct engine *e, struct write *w)
{
	const struct note_send_ask *ask = w->ask;
	uint64_t note = w->nleased ? w->leased[0].message : 0;
	struct str about, to;
	int rc = sql_first(&e->w, SQL_note_get, SQL_VALS(vi(note)), &w->err);

	if (rc == 0)
		return err_set(&w->err, E_NOTFOUND, "no such note");
	if (rc < 0)
		return rc;
	about = str_dup(e->arena, sql_str(&e->w, note_get, address));
	to = str_dup(e->arena, sql_str(&e->w, note_get, target));
	sql_end(&e->w, SQL_note_get);
	rc = ask->drop ? 0 : send_note(e, w, about, to);
	return rc < 0 ? rc : sql_run(&e->w, SQL_note_del, SQL_VALS(vi(note)),
	    &w->err);
}
