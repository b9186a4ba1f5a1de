/*
 * carry.c - STORE_carried, STORE_carry_in: messages from elsewhere, each once;
 * and STORE_uidls, what POP3 called them there.
 */
#include "store/engine/quota.h"
#include "store/mailbox/placing.h"

int
read_carried(struct reader *r, const struct caller *c,
    const struct carried_ask *ask, union store_answer *answer, struct err *err)
{
	struct str rest = ask->sources;
	uint64_t there;

	if (rest.n % SOURCE_LEN != 0)
		return err_set(err, E_INVALID, "no sources");
	buf_reset(&r->rows);
	for (; rest.n > 0; rest = str_from(rest, SOURCE_LEN)) {
		int rc = sql_number(&r->q, SQL_carried_has, SQL_VALS(
		    vi(c->account), vs(str_first(rest, SOURCE_LEN))), &there,
		    err);

		if (rc < 0)
			return rc;
		buf_chr(&r->rows, there > 0);
	}
	answer->carried.known = buf_get(&r->rows);
	return 0;
}

/* Before anything is written: do they make sense, and have they room? */
static int
check_carried(struct engine *e, const struct carry_in_ask *ask,
    struct placing *d, struct err *err)
{
	struct rd r = rd_of(ask->messages);
	struct carried_row row;
	struct appended m;
	uint64_t octets = 0, n = 0, there;

	while (rd_left(&r) > 0) {
		int rc;

		if (!msg_take(&r, &carried_row_shape, &row) ||
		    row.source.n != SOURCE_LEN)
			return err_set(err, E_INVALID, "no message");
		MSG_COPY(appended, &m, &row);
		if ((rc = placing_of(e, &m, d, err)) < 0 ||
		    (rc = sql_number(&e->w, SQL_carried_has, SQL_VALS(
			vi(d->acct->account), vs(row.source)), &there, err)) <
			0)
			return rc;
		n += there == 0;
		octets += there ? 0 : row.raw_size;
	}
	if (d->mbox->uidnext + n >= UINT32_MAX)
		return err_set(err, E_LIMIT, "no UIDs left");
	return quota_check(e, d->acct, n, octets, NULL, err);
}

/* unique-id = 1*70%x21-7E                                     RFC 1939 7 */
static bool
is_uidl(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '!' || s.p[i] > '~')
			return false;
	return s.n > 0 && s.n <= UIDL_MAX;
}

/* "UIDVALIDITY.UID" of this mailbox is what one of its messages is called, or
 * will be. */
static bool
is_ours(struct str s, const struct mbox *m)
{
	uint64_t uidvalidity;

	return str_u64(str_first(s, str_chr(s, '.')), &uidvalidity) &&
	    uidvalidity == m->uidvalidity;
}

/* One that no other message has, or none: INBOX is all that POP3 sees. */
static int
take_uidl(struct engine *e, struct str uidl, struct placing *d,
    struct err *err)
{
	uint64_t there = 0;
	struct mbox *inbox;
	int rc = acct_inbox(e, d->acct, &inbox, err);

	d->uidl = STR_NULL;
	if (rc < 0 || d->mbox != inbox || !is_uidl(uidl) ||
	    is_ours(uidl, inbox))
		return rc;
	rc = sql_number(&e->w, SQL_uidl_has, SQL_VALS(vi(d->acct->account),
	    vs(uidl)), &there, err);
	if (rc == 0 && !there)
		d->uidl = uidl;
	return rc;
}

int
read_uidls(struct reader *r, const struct caller *c,
    const struct uidls_ask *ask, union store_answer *answer, struct err *err)
{
	struct rd emails = rd_of(ask->emails);
	uint64_t any;
	int rc = sql_number(&r->q, SQL_uidl_any, SQL_VALS(vi(c->account)),
	    &any, err);

	buf_reset(&r->rows);
	answer->uidls.any = any > 0;
	while (rc == 0 && any && rd_left(&emails) >= UIDL_EMAIL) {
		struct str uidl = STR_NULL;

		rc = sql_first(&r->q, SQL_uidl_get, SQL_VALS(vi(c->account),
		    vi(rd_le64(&emails))), err);
		if (rc > 0)
			uidl = str_first(sql_str(&r->q, uidl_get, uidl),
			    UIDL_MAX);
		buf_chr(&r->rows, (char)uidl.n);
		buf_str(&r->rows, uidl);
		if (rc > 0) {
			sql_end(&r->q, SQL_uidl_get);
			rc = 0;
		}
	}
	answer->uidls.uidls = buf_get(&r->rows);
	return rc;
}

/* 1: it is there now; 0: it came before; or E_*. */
static int
carry_one(struct engine *e, struct write *w, const struct carried_row *row,
    struct placing *d)
{
	const struct carry_in_ask *ask = w->ask;
	struct appended m;
	uint32_t uid;
	int rc = sql_change(&e->w, SQL_carried_add, SQL_VALS(
	    vi(d->acct->account), vs(row->source)), &w->err);

	if (rc <= 0)
		return rc;
	MSG_COPY(appended, &m, row);
	rc = placing_of(e, &m, d, &w->err);
	if (rc == 0)
		rc = take_uidl(e, row->uidl, d, &w->err);
	if (rc == 0)
		rc = placing_blob(e, w, &m, d);
	if (rc == 0)
		rc = deliver(e, d, &uid, &w->err);
	if (rc == 0)
		journal_appended(e, d->acct, d->blob, ask->name);
	return rc < 0 ? rc : 1;
}

int
write_carry_in(struct engine *e, struct write *w)
{
	const struct carry_in_ask *ask = w->ask;
	struct rd r = rd_of(ask->messages);
	struct carried_row row;
	struct placing d = { 0 };
	uint32_t taken = 0;
	int rc = acct_get(e, w->caller->account, &d.acct, &w->err);

	if (rc == 0)
		rc = mbox_find(e, w->caller->account, ask->name, &d.mbox,
		    &w->err);
	if (rc == 0)
		rc = check_carried(e, ask, &d, &w->err);
	if (rc < 0)
		return rc;
	while (rc >= 0 && rd_left(&r) > 0 &&
	    msg_take(&r, &carried_row_shape, &row)) {
		rc = carry_one(e, w, &row, &d);
		taken += rc > 0;
	}
	e->half_written |= rc < 0;
	w->answer.carry_in.taken = taken;
	return rc < 0 ? rc : 0;
}
