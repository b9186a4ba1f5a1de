#include "mail/mailboxes.h"

enum { RECORDS_MAX = 4 << 20, STATUS_MEM = 4096 };

static int
by_name(const void *a, const void *b)
{
	const struct mailbox_row *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

/* The records of all pages, one after the other. */
static int
get_records(const struct account *a, struct mailbox_list *list,
    struct err *err)
{
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct mailboxes_ask ask = { 0 };
	struct mailboxes_answer answer = { .more = 1 };
	char after[MAILBOX_NAME_MAX];
	int e = 0;

	while (answer.more && e >= 0) {
		struct mailbox_row row = { 0 };
		struct rd r;

		arena_reset(mem);
		e = store_call(a->store, STORE_mailboxes, &ask, &answer, mem,
		    err);
		if (e < 0)
			break;
		r = rd_of(answer.rows);
		while (!rd_done(&r) && msg_take(&r, &mailbox_row_shape, &row))
			list->n++;
		buf_str(&list->records, answer.rows);
		if (!rd_done(&r) || (answer.more && row.name.n == 0))
			e = err_set(err, E_PROTO, "rows make no sense");
		else if (buf_failed(&list->records))
			e = err_set(err, E_LIMIT, "too many mailboxes");
		else if (row.name.n)
			memcpy(after, row.name.p, row.name.n);
		ask.after = str_make(after, row.name.n);
	}
	arena_free(mem);
	return e;
}

int
mailboxes_list(const struct account *a, struct mailbox_list *list,
    struct err *err)
{
	struct rd r;
	int e;

	*list = (struct mailbox_list){ .records = BUF_INIT(RECORDS_MAX) };
	if ((e = get_records(a, list, err)) < 0) {
		list->n = 0;
		return e;
	}
	list->row = calloc(list->n + 1, sizeof(*list->row));
	bug_if(!list->row);
	r = rd_of(buf_get(&list->records));
	for (size_t i = 0; i < list->n; i++) {
		if (!msg_take(&r, &mailbox_row_shape, &list->row[i]))
			bug("rows changed");
	}
	qsort(list->row, list->n, sizeof(*list->row), by_name);
	return 0;
}

void
mailboxes_free(struct mailbox_list *list)
{
	free(list->row);
	buf_free(&list->records);
	*list = (struct mailbox_list){ 0 };
}

/* The first name that is not before this one. */
static size_t
lower_bound(const struct mailbox_list *list, struct str name)
{
	size_t lo = 0, hi = list->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (str_cmp(list->row[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct mailbox_row *
mailboxes_find(const struct mailbox_list *list, struct str name)
{
	size_t i = lower_bound(list, name);

	return i < list->n && str_eq(list->row[i].name, name) ?
	    &list->row[i] : NULL;
}

bool
mailboxes_has_below(const struct mailbox_list *list, struct str name)
{
	char text[MAILBOX_NAME_MAX + 1];
	struct str below = { text, name.n + 1 };
	size_t i;

	if (name.n > MAILBOX_NAME_MAX)
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = '/';
	i = lower_bound(list, below);
	return i < list->n && str_starts(list->row[i].name, below);
}

int
mailbox_status(const struct account *a, struct str name,
    struct status_answer *status, struct err *err)
{
	const struct status_ask ask = { .name = name };
	struct arena *mem = arena_new(STATUS_MEM);
	int e = store_call(a->store, STORE_status, &ask, status, mem, err);

	arena_free(mem);
	return e;
}

int
mailbox_open(const struct account *a, struct str name,
    struct mailbox_view *v, struct open_answer *found, struct arena *mem,
    struct err *err)
{
	const struct open_ask ask = { .name = name };
	int e;

	view_close(v);
	e = store_call(a->store, STORE_open, &ask, found, mem, err);
	if (e < 0)
		return e;
	v->account = a;
	v->at = (struct view){ found->mailbox, found->modseq, found->modseq };
	v->exists = found->exists;
	return 0;
}
