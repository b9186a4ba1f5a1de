/*
 * vanished.c - STORE_vanished: which UIDs a client still knows are none any
 * more.                                             RFC 7162 3.2.5.1, 3.2.6
 */
#include "store/engine/engine_int.h"
#include "store/engine/view.h"

enum { UIDS_MAX = 8 * 8000 };	/* octets of a page */

struct vanishing {
	const struct vanished_ask *ask;
	struct view_on view;
	struct buf *out;
	uint32_t next;
};

/* Not above the last UID that a message ever had. */
static uint32_t
last_uid(const struct vanishing *x)
{
	return x->view.c->uidnext - 1;
}

/* False: the page is full. */
static bool
put_uid(struct vanishing *x, uint32_t uid)
{
	if (x->out->n >= UIDS_MAX) {
		x->next = uid;
		return false;
	}
	uids_add(x->out, uid);
	return true;
}

static bool
put_range(struct vanishing *x, uint32_t low, uint32_t high)
{
	if (low > high)
		return true;
	if (x->out->n >= UIDS_MAX) {
		x->next = low;
		return false;
	}
	buf_le32(x->out, low);
	buf_le32(x->out, high);
	return true;
}

/* All from low to high but those of the view. */
static bool
put_absent(struct vanishing *x, uint32_t low, uint32_t high)
{
	size_t i = view_seek(&x->view, low);

	for (; i < x->view.n && low <= high; i++) {
		uint32_t uid = view_row(&x->view, i)->uid;

		if (uid > high)
			break;
		if (!put_range(x, low, uid - 1))
			return false;
		low = uid + 1;
	}
	return put_range(x, low, high);
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* UIDs of what went after `since`, as far as the view was told of it. */
static uint32_t *
find_gone(const struct vanishing *x, struct arena *a, size_t *n)
{
	const struct column *c = x->view.c;
	uint32_t *uid = arena_array(a, c->dead.n + 1, sizeof(*uid));

	*n = 0;
	for (size_t i = c->dead.n; i > 0; i--) {
		const struct column_row *row = &c->dead.p[i - 1];

		if (row->expunged <= x->ask->since)
			break;
		if (row->expunged <= x->ask->expunges)
			uid[(*n)++] = row->uid;
	}
	if (*n)
		qsort(uid, *n, sizeof(*uid), by_number);
	return uid;
}

static bool
put_gone(struct vanishing *x, const uint32_t *uid, size_t n, uint32_t low,
    uint32_t high)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (uid[mid] < low)
			from = mid + 1;
		else
			to = mid;
	}
	for (; from < n && uid[from] <= high; from++)
		if (!put_uid(x, uid[from]))
			return false;
	return true;
}

/* The set is as the client sorted it: ascending, apart. */
static void
put_vanished(struct vanishing *x, struct arena *a)
{
	bool known = x->ask->since >= x->view.c->forgotten;
	struct rd r = rd_of(x->ask->set);
	uint32_t *gone = NULL;
	size_t n = 0;

	if (known)
		gone = find_gone(x, a, &n);
	while (rd_left(&r) >= 8) {
		uint32_t low = rd_le32(&r), high = rd_le32(&r);

		if (low < x->ask->cursor)
			low = x->ask->cursor;
		if (low == 0)
			low = 1;
		if (high > last_uid(x))
			high = last_uid(x);
		if (low <= high && !(known ? put_gone(x, gone, n, low, high) :
		    put_absent(x, low, high)))
			return;
	}
}

int
read_vanished(struct reader *r, const struct caller *c,
    const struct vanished_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct vanishing x = { .ask = ask, .out = &r->rows };
	struct column *col;
	int rc;

	if (ask->set.n % 8 != 0)
		return err_set(err, E_INVALID, "malformed set");
	rc = columns_get(r->e->columns, &r->q, c->account, ask->mailbox,
	    &col, err);
	if (rc < 0)
		return rc;
	pthread_rwlock_rdlock(&col->lock);
	view_make(&x.view, col, ask->arrivals, ask->expunges, r->arena);
	rc = view_check(&x.view, err);
	if (rc == 0)
		put_vanished(&x, r->arena);
	pthread_rwlock_unlock(&col->lock);
	columns_put(r->e->columns, col);
	answer->vanished = (struct vanished_answer){ buf_get(&r->rows),
		x.next };
	return rc;
}
