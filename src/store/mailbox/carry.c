/*
 * carry.c - STORE_carried, STORE_carry_in: messages from elsewhere, each once.
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
