#include "store/crc32c.h"
#include "store/recipients.h"
#include "store/resolve.h"

/* One submit on its way through the checks. */
struct submission {
	struct engine *e;
	struct write *w;
	const struct submit_ask *ask;
	struct recipients to;
	struct place at;
};

static uint32_t
sum_of(const struct submit_ask *ask)
{
	uint32_t c = crc32c(0, ask->reverse_path.p, ask->reverse_path.n);

	c = crc32c(c, &ask->raw_size, sizeof(ask->raw_size));
	c = crc32c(c, ask->message_id.p, ask->message_id.n);
	return crc32c(c, ask->octets.p, ask->octets.n);
}

static int
check_sender(struct submission *s)
{
	struct str from = s->ask->reverse_path;
	struct write *w = s->w;

	if (!address_is_safe(from))
		return err_set(&w->err, E_INVALID, "unusable reverse-path");
	if (!(w->caller->authority & AUTH_NAMES_SENDER))
		return 0;
	return resolve_sender(&s->e->w, s->e->arena, w->caller, from,
	    &w->err);
}

static int
check_recipient(struct submission *s, const struct recipient *r)
{
	struct err *err = &s->w->err;
	struct acct *a;
	struct mbox *m;
	int rc;

	if (r->account == 0)
		return 0;
	rc = acct_get(s->e, r->account, &a, err);
	if (rc == 0)
		rc = acct_inbox(s->e, a, &m, err);
	if (rc == E_NOTFOUND)
		return err_set(err, E_BUSY, "a recipient has just gone");
	if (rc < 0)
		return rc;
	/* One full mailbox behind an alias must not keep the message from
	 * the others, and whoever sent it knows of no mailbox: it goes over
	 * its quota by this one. */
	if (r->via.n == 0 && engine_quota(s->e) &&
	    a->used >= engine_quota(s->e))
		return err_set(err, E_FULL, "a mailbox is full");
	if (m->uidnext + s->to.n >= UINT32_MAX)
		return err_set(err, E_LIMIT, "no UIDs left");
	return 0;
}

static void
journal(struct submission *s, enum journal_event event, struct str address)
{
	const struct submit_ask *ask = s->ask;
	char text[400];
	int n = 0;
	struct journal_row row = { .at_us = s->e->o.wall_us(s->e->o.arg),
		.event = event, .message = s->at.blob,
		.session = ask->session, .peer = ask->peer,
		.from = ask->reverse_path, .address = address, .code = 250 };

	if (event == JOURNAL_received)
		n = snprintf(text, sizeof(text), "size=%llu protocol=%.*s "
		    "helo=%.*s tls=%.*s id=%.*s",
		    (unsigned long long)ask->raw_size,
		    STR_FMT(ask->protocol), STR_FMT(str_first(ask->helo, 100)),
		    STR_FMT(ask->tls),
		    STR_FMT(str_first(ask->message_id, 150)));
	row.text = str_make(text, n > 0 ? (size_t)n : 0);
	if (row.text.n >= sizeof(text))
		row.text.n = sizeof(text) - 1;
	batch_journal(s->e, &row);
}

/* An alias led there; what became of it there is in the next row. */
static void
journal_forwarded(struct submission *s, const struct recipient *r)
{
	const struct submit_ask *ask = s->ask;
	struct journal_row row = { .at_us = s->e->o.wall_us(s->e->o.arg),
		.event = JOURNAL_forwarded, .message = s->at.blob,
		.session = ask->session, .from = ask->reverse_path,
		.address = r->address, .code = 250,
		.text = arena_printf(s->e->arena, "by=%.*s",
		    STR_FMT(r->via)) };

	if (r->via.n)
		batch_journal(s->e, &row);
}

/* What stands in front of the message in this mailbox: RFC 5321 4.4. The
 * alias was the first address it was delivered to. RFC 9228 4 */
static struct str
prefix(struct submission *s, const struct recipient *r)
{
	return arena_printf(s->e->arena, "Return-Path: <%.*s>\r\n"
	    "Delivered-To: %.*s\r\n%s%.*s%s",
	    STR_FMT(s->ask->reverse_path), STR_FMT(r->address),
	    r->via.n ? "Delivered-To: " : "", STR_FMT(r->via),
	    r->via.n ? "\r\n" : "");
}

static int
put_local(struct submission *s, const struct recipient *r)
{
	struct delivery d = { .blob = s->at.blob, .received = s->e->now_s,
		.prefix = prefix(s, r) };
	uint32_t uid;
	int rc = acct_get(s->e, r->account, &d.acct, &s->w->err);

	if (rc == 0)
		rc = acct_inbox(s->e, d.acct, &d.mbox, &s->w->err);
	if (rc < 0)
		return rc;
	d.size = d.prefix.n + s->ask->raw_size;
	journal(s, JOURNAL_stored, r->address);
	return deliver(s->e, &d, &uid, &s->w->err);
}

static int
put_remote(struct submission *s, const struct recipient *r, uint64_t n)
{
	struct str domain = str_from(r->address,
	    str_rchr(r->address, '@') + 1);

	journal(s, JOURNAL_queued, r->address);
	return sql_run(&s->e->w, SQL_queue_rcpt_add, SQL_VALS(
	    vi(s->at.blob), vi(n), vs(r->address),
	    vs(str_lower(s->e->arena, domain)), vi((uint64_t)s->e->now_s)),
	    &s->w->err);
}

static int
put_all(struct submission *s)
{
	struct err *err = &s->w->err;
	size_t i;
	int rc = blob_insert(s->e, &s->at, s->to.nlocal +
	    (s->to.nremote > 0), err);

	journal(s, JOURNAL_received, STR_NULL);
	if (rc == 0 && s->to.nremote)
		rc = sql_run(&s->e->w, SQL_queue_add, SQL_VALS(
		    vi(s->at.blob), vi(s->w->caller->account),
		    vs(s->to.return_path), vi(s->ask->raw_size),
		    vi((uint64_t)s->e->now_s), vi(s->ask->body_8bit)), err);
	for (i = 0; i < s->to.n && rc == 0; i++) {
		journal_forwarded(s, s->to.rcpt[i]);
		rc = s->to.rcpt[i]->account ? put_local(s, s->to.rcpt[i])
					 : put_remote(s, s->to.rcpt[i], i);
	}
	return rc;
}

int
write_submit(struct engine *e, struct write *w)
{
	struct submission s = { .e = e, .w = w, .ask = w->ask };
	struct blob_ask b = { w->caller, s.ask->stage, s.ask->raw_size,
		s.ask->octets, s.ask->facts };
	uint32_t sum = sum_of(s.ask);
	size_t i;
	int rc;

	rc = change_repeat(e, w, s.ask->change, sum, &submit_answer_shape,
	    &w->answer.submit, &w->err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = check_sender(&s);
	if (rc == 0)
		rc = recipients_gather(e, w, &s.to, &w->err);
	for (i = 0; i < s.to.n && rc == 0; i++)
		rc = check_recipient(&s, s.to.rcpt[i]);
	if (rc == 0)
		rc = stage_place(e, &b, &s.at, &w->err);
	if (rc < 0)
		return rc;
	w->answer.submit.message = s.at.blob;
	rc = put_all(&s);
	return rc < 0 ? rc : change_answer(e, w, s.ask->change, sum,
	    &submit_answer_shape, &w->answer.submit, &w->err);
}
