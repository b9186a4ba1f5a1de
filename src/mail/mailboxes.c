#include "mail/mailboxes.h"

#include "mail/change.h"

enum {
	/* Twice as many names as mailboxes, with what is said of each. */
	RECORDS_MAX = 2 * MAILBOXES_MAX * (MAILBOX_NAME_MAX + 100),
	OTHERS_RECORDS_MAX = OTHERS_LISTED * (MAILBOX_NAME_MAX + 100),
	STATUS_MEM = 4096,
	OPEN_MEM = 65536,
};

/* In order of the levels: '/' is less than any other octet. */
static int
by_level(const void *a, const void *b)
{
	const struct mailbox_row *x = a, *y = b;
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n, i = 0;
	unsigned char p, q;

	while (i < n && x->name.p[i] == y->name.p[i])
		i++;
	if (i == n)
		return x->name.n < y->name.n ? -1 : x->name.n > y->name.n;
	p = x->name.p[i] == '/' ? 0 : (unsigned char)x->name.p[i];
	q = y->name.p[i] == '/' ? 0 : (unsigned char)y->name.p[i];
	return p < q ? -1 : 1;
}

/* The records of all pages, one after the other: *n of them. */
static int
get_records(const struct account *a, struct mailbox_list *list, size_t *n,
    bool *others, struct err *err)
{
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct mailboxes_ask ask = { 0 };
	struct mailboxes_answer answer = { .more = 1 };
	char after[MAILBOX_NAME_MAX];
	int e = 0;

	*n = 0;
	while (answer.more && e >= 0) {
		struct mailbox_row row = { 0 };
		struct rd r;

		arena_reset(mem);
		e = store_call(a->store, STORE_mailboxes, &ask, &answer, mem,
		    err);
		if (e < 0)
			break;
		*others |= answer.others;
		r = rd_of(answer.rows);
		while (!rd_done(&r) && msg_take(&r, &mailbox_row_shape, &row))
			(*n)++;
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

/* As a mailbox is called by who is not its owner. */
static void
put_shared(struct mailbox_list *list, const struct shared_row *shared,
    struct arena *mem, size_t *n)
{
	struct mailbox_row row = { .mailbox = shared->mailbox,
		.rights = shared->rights,
		.name = arena_printf(mem, OTHER_USERS "/%.*s/%.*s",
		    STR_FMT(shared->owner), STR_FMT(shared->name)) };

	if (row.name.n > MAILBOX_NAME_MAX || *n >= OTHERS_LISTED)
		return;
	MSG_COPY(mailbox_counters, &row, shared);
	msg_put(&list->records, &mailbox_row_shape, &row);
	++*n;
}

/* Whoever gives rights to everybody must not keep anybody from a list. */
static int
get_others(const struct account *a, bool counted, struct mailbox_list *list,
    size_t *n, struct err *err)
{
	struct arena *mem = arena_new(2 * MAIL_PAGE_MEM);
	struct shared_ask ask = { .counted = counted };
	struct shared_answer answer;
	char owner[320], after[MAILBOX_NAME_MAX];
	size_t others = 0;
	int e = 0;

	do {
		struct shared_row row;
		struct rd r;

		arena_reset(mem);
		e = store_call(a->store, STORE_shared, &ask, &answer, mem,
		    err);
		if (e < 0)
			break;
		r = rd_of(answer.rows);
		while (!rd_done(&r) && msg_take(&r, &shared_row_shape, &row))
			put_shared(list, &row, mem, &others);
		if (!rd_done(&r))
			e = err_set(err, E_PROTO, "rows make no sense");
		if (answer.owner.n > 0)
			memcpy(owner, answer.owner.p, answer.owner.n);
		if (answer.after.n > 0)
			memcpy(after, answer.after.p, answer.after.n);
		ask.owner = str_make(owner, answer.owner.n);
		ask.after = str_make(after, answer.after.n);
	} while (e >= 0 && ask.owner.n > 0 && others < OTHERS_LISTED);
	arena_free(mem);
	*n += others;
	return e;
}

static bool
is_below(struct str name, struct str above)
{
	return name.n > above.n && name.p[above.n] == '/' &&
	    str_starts(name, above);
}

/* Whoever walks down a tree comes to every mailbox in it. */
static void
tell_above(struct mailbox_list *list, size_t above, uint64_t mailbox)
{
	for (; mailbox && above != NO_NODE; above = list->node[above].above)
		list->node[above].has_children = true;
}

/* A node for the row, behind those of the levels above it that have none. The
 * ones above the last node are the only ones it can be below. */
static void
add_node(struct mailbox_list *list, const struct mailbox_row *row)
{
	size_t above = list->n ? list->n - 1 : NO_NODE, from, i;

	/* Of somebody else's that is subscribed there are two. */
	if (above != NO_NODE && str_eq(row->name, list->node[above].row.name)) {
		struct mailbox_row *had = &list->node[above].row;
		bool subscribed = had->subscribed || row->subscribed;

		if (row->mailbox)
			*had = *row;
		had->subscribed = subscribed;
		above = list->node[above].above;
		tell_above(list, above, had->mailbox);
		return;
	}
	while (above != NO_NODE &&
	    !is_below(row->name, list->node[above].row.name))
		above = list->node[above].above;
	from = above == NO_NODE ? 0 : list->node[above].row.name.n + 1;
	for (i = from; i < row->name.n; i++) {
		if (row->name.p[i] != '/')
			continue;
		list->node[list->n] = (struct mailbox_node){
			.row.name = str_first(row->name, i), .above = above };
		above = list->n++;
	}
	tell_above(list, above, row->mailbox);
	list->node[list->n++] = (struct mailbox_node){ *row, above, false };
}

/* How many nodes the rows can come to. */
static size_t
count_levels(const struct mailbox_row *row, size_t n)
{
	size_t levels = 0;

	for (size_t i = 0; i < n; i++)
		levels += row[i].mailbox && !is_others(row[i].mailbox) ? 1 :
		    mailbox_name_levels(row[i].name);
	return levels;
}

static void
make_tree(struct mailbox_list *list, size_t n)
{
	struct mailbox_row *row;
	size_t i;
	struct rd r;

	row = calloc(n + 1, sizeof(*row));
	bug_if(!row);
	r = rd_of(buf_get(&list->records));
	for (i = 0; i < n; i++) {
		if (!msg_take(&r, &mailbox_row_shape, &row[i]))
			bug("rows changed");
	}
	qsort(row, n, sizeof(*row), by_level);
	list->node = calloc(count_levels(row, n) + 1, sizeof(*list->node));
	bug_if(!list->node);
	for (i = 0; i < n; i++)
		add_node(list, &row[i]);
	free(row);
}

int
mailboxes_list(const struct account *a, struct mailbox_list *list,
    struct err *err)
{
	bool others = false;
	size_t n;
	int e;

	*list = (struct mailbox_list){ .records = BUF_INIT(RECORDS_MAX) };
	if ((e = get_records(a, list, &n, &others, err)) < 0)
		return e;
	make_tree(list, n);
	return 0;
}

int
mailboxes_list_all(const struct account *a, bool counted,
    struct mailbox_list *list, struct err *err)
{
	bool others = false;
	size_t n;
	int e;

	*list = (struct mailbox_list){ .records = BUF_INIT(RECORDS_MAX) };
	e = get_records(a, list, &n, &others, err);
	list->records.cap += OTHERS_RECORDS_MAX;
	if (e >= 0 && others)
		e = get_others(a, counted, list, &n, err);
	if (e < 0)
		return e;
	make_tree(list, n);
	return 0;
}

void
mailboxes_free(struct mailbox_list *list)
{
	free(list->node);
	buf_free(&list->records);
	*list = (struct mailbox_list){ 0 };
}

int
mailbox_create(const struct account *a, struct str name, uint32_t special,
    struct mailbox_create_answer *made, struct err *err)
{
	const struct mailbox_create_ask ask = { store_change_id(a->store),
		name, special };
	struct arena *mem = arena_new(STATUS_MEM);
	int e = store_call(a->store, STORE_mailbox_create, &ask, made, mem,
	    err);

	arena_free(mem);
	return e;
}

/* A change that has nothing to say. */
static int
change_mailbox(const struct account *a, enum store_call call, const void *ask,
    struct err *err)
{
	struct arena *mem = arena_new(STATUS_MEM);
	struct done done;
	int e = store_call(a->store, call, ask, &done, mem, err);

	arena_free(mem);
	return e;
}

int
mailbox_delete(const struct account *a, struct str name, bool only_empty,
    struct err *err)
{
	const struct mailbox_delete_ask ask = { store_change_id(a->store),
		name, only_empty };

	return change_mailbox(a, STORE_mailbox_delete, &ask, err);
}

/* INBOX stays, and what is below it: what is in it moves to a new mailbox.
 *                                                          RFC 3501 6.3.5 */
static int
move_inbox(const struct account *a, struct str to, struct err *err)
{
	struct arena *mem = arena_new(OPEN_MEM);
	struct mailbox_create_answer made;
	auto_buf all = BUF_INIT(sizeof(uint32_t) * 2);
	const struct mailbox_create_ask ask = { store_change_id(a->store), to,
		.as_inbox = 1 };
	struct mailbox_view v = { 0 };
	struct open_answer found;
	struct copied moved;
	int e = store_call(a->store, STORE_mailbox_create, &ask, &made, mem,
	    err);

	if (e == 0)
		e = mailbox_open(a, STR("INBOX"), &v, &found, mem, err);
	if (e == 0 && v.exists > 0) {
		selection_add(&all, 1, v.exists);
		e = change_move(&v, (struct selection){ buf_get(&all), false },
		    to, &moved, err);
		copied_free(&moved);
	}
	view_close(&v);
	arena_free(mem);
	return e;
}

int
mailbox_rename(const struct account *a, struct str name, struct str to,
    struct err *err)
{
	const struct mailbox_rename_ask ask = { store_change_id(a->store),
		name, to };

	if (str_eq(name, STR("INBOX")))
		return move_inbox(a, to, err);
	return change_mailbox(a, STORE_mailbox_rename, &ask, err);
}

int
mailbox_subscribe(const struct account *a, struct str name, bool subscribed,
    struct err *err)
{
	const struct subscribe_ask ask = { store_change_id(a->store), name,
		subscribed };

	return change_mailbox(a, STORE_subscribe, &ask, err);
}

int
mailbox_status(const struct account *a, struct str name, bool deleted_size,
    struct status_answer *status, struct err *err)
{
	const struct status_ask ask = { .name = name,
		.deleted_size = deleted_size };
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
	v->untold = found->recent_from < found->uidnext;
	return 0;
}
