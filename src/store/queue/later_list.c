/*
 * later_list.c - what of an account's leaves later, for the account.
 */
#include "store/queue/queue_int.h"

/* Enough for one answer, besides one row more: of octets, or of time. */
enum { LIST_OCTETS = 100000, LIST_US = 20000 };

/* What of a row only its recipients say. */
static int
add_recipients(struct reader *r, struct later_row *row, struct err *err)
{
	enum sql_statement s = SQL_queue_of;
	struct sql *q = &r->q;
	int rc = sql_first(q, s, SQL_VALS(vi(row->message)), err);

	buf_reset(&r->more);
	for (; rc > 0; rc = sql_next(q, s, err)) {
		struct str address = queue_str(q, s, address);

		if (queue_u32(q, s, state) != ROW_later)
			continue;
		if (row->nrcpts++ == 0) {
			row->sender = str_dup(r->arena, queue_str(q, s,
			    reverse_path));
			row->size = queue_u64(q, s, size);
			row->queued = queue_i64(q, s, at);
		}
		if (r->more.n + address.n >= LATER_RCPTS_MAX)
			continue;
		buf_str(&r->more, address);
		buf_chr(&r->more, '\n');
	}
	row->rcpts = buf_get(&r->more);
	return rc;
}

static int
list_row(struct reader *r, struct err *err)
{
	struct sql *q = &r->q;
	struct later_row row = { .message = sql_u64(q, later_list, message),
		.state = sql_u32(q, later_list, state),
		.due = sql_i64(q, later_list, due),
		.email = sql_u64(q, later_list, email),
		.thread = sql_u64(q, later_list, thread) };
	int rc = 0;

	if (row.state == LATER_waits)
		rc = add_recipients(r, &row, err);
	msg_put(&r->rows, &later_row_shape, &row);
	return rc;
}

/* What has once ended does not wait again, and new ones have larger numbers: so
 * of two lists with as many, and the same sum, both are the same; and of what
 * is past more goes only with time. */
static int
put_state(struct reader *r, uint64_t account, int64_t since,
    struct str *state, struct err *err)
{
	struct sql *q = &r->q;
	int rc = sql_first(q, SQL_later_state, SQL_VALS(vi(account),
	    vi((uint64_t)since)), err);

	if (rc <= 0)
		return rc;
	*state = arena_printf(r->arena, "%ju-%ju-%ju",
	    (uintmax_t)sql_u64(q, later_state, waiting),
	    (uintmax_t)sql_u64(q, later_state, messages),
	    (uintmax_t)sql_u64(q, later_state, past));
	sql_end(q, SQL_later_state);
	return 0;
}

int
read_later_list(struct reader *r, const struct caller *c,
    const struct later_list_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct later_list_answer *out = &answer->later_list;
	enum sql_statement s = SQL_later_list;
	int64_t until = r->e->o.mono_us(r->e->o.arg) + LIST_US;
	int64_t since = engine_now_us(r->e) / 1000000 - LATER_PAST_S;
	uint64_t message = ask->message ? ask->message - 1 : ask->after;
	int rc = put_state(r, c->account, since, &out->state, err);

	if (rc == 0)
		rc = sql_first(&r->q, s, SQL_VALS(vi(c->account), vi(message),
		    vi((uint64_t)since)), err);
	while (rc > 0) {
		message = sql_u64(&r->q, later_list, message);
		if (ask->message && message != ask->message)
			break;
		rc = list_row(r, err);
		if (rc == 0)
			rc = sql_next(&r->q, s, err);
		if (rc > 0 && (r->rows.n > LIST_OCTETS ||
		    r->e->o.mono_us(r->e->o.arg) > until)) {
			out->next = message;
			break;
		}
	}
	sql_end(&r->q, s);
	out->rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}
