#include "mail/emails.h"

#include "mail/rows.h"

enum { ROUNDS = 2 };	/* what was moved is looked for once more */

/* ---- where they are ------------------------------------------------------ */

static int
add_places(const struct account *a, struct emails_ask *ask,
    struct email_places *out, struct err *err)
{
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct emails_answer answer;
	struct rd r;
	int e = store_call(a->store, STORE_emails, ask, &answer, mem, err);

	r = rd_of(e < 0 ? STR_NULL : answer.places);
	while (e >= 0 && !rd_done(&r)) {
		struct email_place at;

		if (!msg_take(&r, &email_place_shape, &at))
			e = err_set(err, E_PROTO, "no places of emails");
		else
			vec_push(&out->v, at);
	}
	out->cut |= e >= 0 && answer.cut;
	arena_free(mem);
	return e;
}

static int
find_places(const struct account *a, const uint64_t *number, size_t n,
    bool threads, struct email_places *out, struct err *err)
{
	auto_buf numbers = BUF_INIT(8 * EMAILS_MAX);
	struct emails_ask ask = { .threads = threads };
	int e = 0;

	*out = (struct email_places){ 0 };
	for (size_t i = 0; i < n && e >= 0; i++) {
		buf_le64(&numbers, number[i]);
		if (numbers.n < 8 * EMAILS_MAX && i + 1 < n)
			continue;
		ask.numbers = buf_get(&numbers);
		e = add_places(a, &ask, out, err);
		buf_reset(&numbers);
	}
	return e;
}

int
emails_of_threads(const struct account *a, const uint64_t *thread, size_t n,
    struct email_places *out, struct err *err)
{
	return find_places(a, thread, n, true, out, err);
}

/* ---- their rows ---------------------------------------------------------- */

struct walk {
	const struct account *a;
	uint32_t want;
	int (*each)(void *arg, const struct email_place *at,
	    const struct fetch_row *row);
	void *arg;
};

static int
by_place(const void *a, const void *b)
{
	const struct email_place *x = a, *y = b;

	if (x->mailbox != y->mailbox)
		return x->mailbox < y->mailbox ? -1 : 1;
	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

/* Those of one mailbox, in the order of their UIDs. Who is not there any more
 * is left with its place; who was given has UID 0. */
static int
walk_mailbox(const struct walk *w, struct email_place *at, size_t n,
    struct err *err)
{
	struct mailbox_view now = view_now(w->a, at->mailbox);
	auto_buf uids = BUF_INIT(n * 8);
	struct rows_ask ask = { .want = w->want };
	struct fetch_row row;
	struct rows *rows;
	bool flagged;
	size_t i = 0;
	int e, said = 0;

	for (size_t k = 0; k < n; k++)
		selection_add(&uids, at[k].uid, at[k].uid);
	ask.messages = (struct selection){ buf_get(&uids), true };
	rows = rows_open(&now, &ask);
	while ((e = rows_next(rows, &row, &flagged, err)) > 0) {
		while (i < n && at[i].uid < row.uid)
			i++;
		if (i == n || at[i].email != row.email)
			continue;
		if (!(row.flags & FLAG_deleted) &&
		    (said = w->each(w->arg, &at[i], &row)) != 0)
			break;
		at[i++].uid = 0;
	}
	rows_close(rows);
	view_close(&now);
	if (said != 0)
		return said;
	return e == E_NOTFOUND ? 0 : e;	/* the mailbox was removed */
}

/* Leaves in *places those that were not there. */
static int
walk_places(const struct walk *w, struct email_places *places,
    struct err *err)
{
	struct email_place *at = places->v.p;
	size_t n = places->v.n, from, to, left = 0;
	int e = 0;

	if (n)
		qsort(at, n, sizeof(*at), by_place);
	for (from = 0; from < n && e == 0; from = to) {
		for (to = from + 1; to < n && at[to].mailbox ==
		    at[from].mailbox; to++)
			;
		e = walk_mailbox(w, at + from, to - from, err);
	}
	for (size_t i = 0; i < n; i++)
		if (at[i].uid)
			at[left++] = at[i];
	places->v.n = left;
	return e;
}

int
emails_rows(const struct account *a, const struct email_places *where,
    uint32_t want,
    int (*each)(void *arg, const struct email_place *at,
	const struct fetch_row *row),
    void *arg, struct err *err)
{
	const struct walk w = { a, want, each, arg };
	struct email_places now = { 0 }, next;
	struct VEC(uint64_t) lost = { 0 };
	int e = 0;

	for (size_t i = 0; i < where->v.n; i++)
		vec_push(&now.v, where->v.p[i]);
	for (int round = 0; round < ROUNDS && now.v.n && e == 0; round++) {
		e = walk_places(&w, &now, err);
		lost.n = 0;
		for (size_t i = 0; i < now.v.n; i++)
			vec_push(&lost, now.v.p[i].email);
		if (e != 0 || lost.n == 0 || round + 1 == ROUNDS)
			break;
		e = find_places(a, lost.p, lost.n, false, &next, err);
		vec_free(&now.v);
		now = next;
	}
	vec_free(&lost);
	vec_free(&now.v);
	return e;
}

int
emails_each(const struct account *a, const uint64_t *number, size_t n,
    uint32_t want,
    int (*each)(void *arg, const struct email_place *at,
	const struct fetch_row *row),
    void *arg, struct err *err)
{
	struct email_places places;
	int e = find_places(a, number, n, false, &places, err);

	if (e == 0)
		e = emails_rows(a, &places, want, each, arg, err);
	vec_free(&places.v);
	return e;
}

/* ---- what became of them ------------------------------------------------- */

int
emails_changes(const struct account *a, uint64_t since,
    struct email_changes *out, struct err *err)
{
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct changes_ask ask = { since };
	struct changes_answer answer;
	struct rd r;
	int e = store_call(a->store, STORE_changes, &ask, &answer, mem, err);

	*out = (struct email_changes){ 0 };
	r = rd_of(e < 0 ? STR_NULL : answer.changes);
	while (e >= 0 && !rd_done(&r)) {
		struct email_change is;

		if (!msg_take(&r, &email_change_shape, &is))
			e = err_set(err, E_PROTO, "no changes of emails");
		else
			vec_push(&out->v, is);
	}
	out->modseq = e < 0 ? 0 : answer.modseq;
	arena_free(mem);
	return e;
}
