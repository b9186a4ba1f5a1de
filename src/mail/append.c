#include "mail/append.h"

#include "mail/rows.h"

enum { UIDS_MAX = 256 * 1024, ROW_HEADS = 128 };

void
appending_init(struct appending *a, struct store *st, struct str mailbox)
{
	*a = (struct appending){ .store = st, .mailbox = mailbox,
		.rows = BUF_INIT(APPENDED_ROWS_MAX),
		.uids = BUF_INIT(UIDS_MAX) };
}

void
appending_free(struct appending *a)
{
	buf_free(&a->rows);
	buf_free(&a->uids);
}

static int
ask_to_append(struct appending *a, enum append_then then, bool staged,
    struct err *err)
{
	struct append_all_ask ask = {
		.change = store_change_id(a->store),
		.name = a->mailbox,
		.copying = a->copying,
		.messages = buf_get(&a->rows),
		.then = then,
		.staged = staged,
	};
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct append_all_answer answer;
	int e;

	e = store_call(a->store, STORE_append_all, &ask, &answer, mem, err);
	buf_reset(&a->rows);
	if (e == 0) {
		a->copying = answer.copying;
		a->uidvalidity = answer.uidvalidity;
		buf_str(&a->uids, answer.uids);
	}
	arena_free(mem);
	return e;
}

int
appending_add(struct appending *a, const struct appended *m, struct err *err)
{
	size_t n = ROW_HEADS + m->keywords.n + m->octets.n + m->facts.n +
	    m->thread_keys.n;
	struct appended_row row;
	int e;

	if (a->n == APPENDED_MAX)
		return err_set(err, E_LIMIT, "too many messages at once");
	a->n++;
	if (n > APPENDED_ROWS_MAX - a->rows.n &&
	    (e = ask_to_append(a, APPEND_MORE, false, err)) < 0)
		return e;
	MSG_COPY(appended, &row, m);
	msg_put(&a->rows, &appended_row_shape, &row);
	/* A stage lasts no longer than the deposit it is of. */
	return m->stage ? ask_to_append(a, APPEND_MORE, true, err) : 0;
}

int
appending_end(struct appending *a, struct err *err)
{
	int e;

	do
		e = ask_to_append(a, APPEND_PLACE, false, err);
	while (e == 0 && a->copying);
	return e;
}

void
appending_drop(struct appending *a)
{
	struct err err;

	buf_reset(&a->rows);
	/* Should this fail, store gives it up after a while. */
	if (a->copying)
		(void)ask_to_append(a, APPEND_DROP, false, &err);
}
