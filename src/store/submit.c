#include "store/crc32c.h"
#include "store/engine_int.h"

/* One submit on its way through the checks. */
struct submission {
	struct engine *e;
	struct write *w;
	const struct submit_ask *ask;
	const struct recipient **rcpt; /* without repetitions */
	size_t nlocal, nremote, n;
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
	uint64_t account;
	bool ours;
	int rc;

	if (!address_is_safe(from))
		return err_set(&w->err, E_INVALID, "unusable reverse-path");
	if (w->caller->authority != AUTH_ACCOUNT)
		return 0;
	rc = lookup_address(&s->e->w, s->e->arena, from, &account, &ours,
	    &w->err);
	if (rc < 0)
		return rc;
	if (account != w->caller->account)
		return err_set(&w->err, E_DENIED, "not an address of yours");
	return 0;
}

/* The same person at the same address gets it once. */
static int
gather(struct submission *s)
{
	struct map seen = { 0 };
	const struct recipient *r, *twin;
	struct str key;
	size_t i;

	s->rcpt = arena_array(s->e->arena, s->w->nrcpts, sizeof(*s->rcpt));
	for (i = 0; i < s->w->nrcpts; i++) {
		r = &s->w->rcpts[i];
		key = str_lower(s->e->arena, r->address);
		twin = map_get(&seen, r->account, crc32c(0, key.p, key.n), 0);
		if (twin && str_eqi(twin->address, r->address))
			continue;
		map_put(&seen, r->account, crc32c(0, key.p, key.n), 0,
		    (void *)(uintptr_t)r);
		s->rcpt[s->n++] = r;
		s->nlocal += r->account != 0;
		s->nremote += r->account == 0;
	}
	map_free(&seen);
	if (s->n == 0)
		return err_set(&s->w->err, E_INVALID, "no recipients");
	if (s->nremote && s->w->caller->authority != AUTH_ACCOUNT)
		return err_set(&s->w->err, E_DENIED, "no relaying");
	return 0;
}

static int
check_recipient(struct submission *s, const struct recipient *r)
{
	struct err *err = &s->w->err;
	struct acct *a;
	struct mbox *m;
	int rc;

	if (!address_is_safe(r->address))
		return err_set(err, E_INVALID, "unusable address");
	if (r->account == 0)
		return 0;
	rc = acct_get(s->e, r->account, &a, err);
	if (rc == 0)
		rc = acct_inbox(s->e, a, &m, err);
	if (rc == E_NOTFOUND)
		return err_set(err, E_BUSY, "a recipient has just gone");
	if (rc < 0)
		return rc;
	if (engine_quota(s->e) && a->used >= engine_quota(s->e))
		return err_set(err, E_FULL, "a mailbox is full");
	if (m->uidnext + s->n >= UINT32_MAX)
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

/* What stands in front of the message in this mailbox. RFC 5321 4.4 */
static struct str
prefix(struct submission *s, struct str address)
{
	return arena_printf(s->e->arena, "Return-Path: <%.*s>\r\n"
	    "Delivered-To: %.*s\r\n", STR_FMT(s->ask->reverse_path),
	    STR_FMT(address));
}

static int
put_local(struct submission *s, const struct recipient *r)
{
	struct delivery d = { .blob = s->at.blob, .received = s->e->now_s,
		.prefix = prefix(s, r->address) };
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
	int rc = blob_insert(s->e, &s->at, s->nlocal + (s->nremote > 0), err);

	journal(s, JOURNAL_received, STR_NULL);
	if (rc == 0 && s->nremote)
		rc = sql_run(&s->e->w, SQL_queue_add, SQL_VALS(
		    vi(s->at.blob), vi(s->w->caller->account),
		    vs(s->ask->reverse_path), vi(s->ask->raw_size),
		    vi((uint64_t)s->e->now_s), vi(s->ask->body_8bit)), err);
	for (i = 0; i < s->n && rc == 0; i++)
		rc = s->rcpt[i]->account ? put_local(s, s->rcpt[i])
					 : put_remote(s, s->rcpt[i], i);
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
		rc = gather(&s);
	for (i = 0; i < s.n && rc == 0; i++)
		rc = check_recipient(&s, s.rcpt[i]);
	if (rc == 0)
		rc = stage_place(e, &b, &s.at, &w->err);
	if (rc < 0)
		return rc;
	w->answer.submit.message = s.at.blob;
	rc = put_all(&s);
	return rc < 0 ? rc : change_answer(e, w, s.ask->change, sum,
	    &submit_answer_shape, &w->answer.submit, &w->err);
}
