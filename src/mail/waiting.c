#include "mail/waiting.h"

#include <stdio.h>

#include "mail/rows.h"

int
waiting_page(const struct account *a, struct later_list_ask *ask,
    waiting_fn *fn, void *arg, char state[WAITING_STATE_MAX], struct err *err)
{
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct later_list_answer answer;
	struct later_row row;
	struct rd r;
	int e = store_call(a->store, STORE_later_list, ask, &answer, mem, err);

	if (e == 0 && answer.next && answer.next <= ask->after)
		e = err_set(err, E_PROTO, "pages without end");
	r = rd_of(e < 0 ? STR_NULL : answer.rows);
	while (e == 0 && rd_left(&r) > 0) {
		if (!msg_take(&r, &later_row_shape, &row))
			e = err_set(err, E_PROTO, "no rows of what waits");
		else
			fn(arg, &row);
	}
	if (e == 0) {
		ask->after = answer.next;
		if (state)
			(void)snprintf(state, WAITING_STATE_MAX, "%.*s",
			    STR_FMT(answer.state));
	}
	arena_free(mem);
	return e;
}

/* The state is that of before: who missed what came meanwhile asks anew. */
int
waiting_all(const struct account *a, uint64_t message, waiting_fn *fn,
    void *arg, char state[WAITING_STATE_MAX], struct err *err)
{
	struct later_list_ask ask = { .message = message };
	int e = waiting_page(a, &ask, fn, arg, state, err);

	while (e == 0 && ask.after)
		e = waiting_page(a, &ask, fn, arg, NULL, err);
	return e;
}

bool
waiting_recipient(struct str *rcpts, struct str *address)
{
	return str_cut(*rcpts, '\n', address, rcpts);
}

int
waiting_cancel(const struct account *a, uint64_t message, struct err *err)
{
	const struct later_cancel_ask ask = { store_change_id(a->store),
		message };
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct done done;
	int e = store_call(a->store, STORE_later_cancel, &ask, &done, mem,
	    err);

	arena_free(mem);
	return e;
}
