#include "pop3/maildrop.h"

#include <stdlib.h>

#include "mail/change.h"
#include "mail/mailboxes.h"
#include "mail/rows.h"

enum { OPEN_MEM = 65536, OPEN_TRIES = 5, RANGE_OCTETS = 8 };

#define INBOX STR("INBOX")

/* Counters and view have to be of one moment. The counters say of which one
 * they are; a mailbox that is as far can be viewed as it was then. It is not
 * only while a commit is being made known. */
int
maildrop_open(struct maildrop *m, const struct account *a, struct err *err)
{
	struct arena *mem = arena_new(OPEN_MEM);
	struct open_answer found = { 0 };
	struct status_answer s;
	int e = 0;

	*m = (struct maildrop){ 0 };
	for (int i = 0; i < OPEN_TRIES && e == 0; i++) {
		if ((e = mailbox_status(a, INBOX, false, &s, err)) == 0)
			e = mailbox_open(a, INBOX, &m->view, &found, mem, err);
		if (e == 0 && found.modseq >= s.modseq)
			break;
		arena_reset(mem);
	}
	arena_free(mem);
	if (e == 0 && found.modseq < s.modseq)
		e = err_set(err, E_BUSY, "the mailbox is behind its counters");
	if (e < 0) {
		view_close(&m->view);
		return e;
	}
	m->view.at.arrivals = m->view.at.expunges = s.modseq;
	m->view.exists = m->n = s.exists;
	m->size = s.size;
	m->uidvalidity = s.uidvalidity;
	return 0;
}

void
maildrop_close(struct maildrop *m)
{
	view_close(&m->view);
	free(m->marked);
	*m = (struct maildrop){ 0 };
}

/* ---- marks --------------------------------------------------------------- */

static bool
is_marked(const struct maildrop *m, uint32_t number)
{
	return m->marked && m->marked[number / 8] & 1 << number % 8;
}

bool
maildrop_has(const struct maildrop *m, uint32_t number)
{
	return number > 0 && number <= m->n && !is_marked(m, number);
}

void
maildrop_mark(struct maildrop *m, uint32_t number)
{
	bug_if(!maildrop_has(m, number));
	if (!m->marked) {
		m->marked = calloc(m->n / 8 + 1, 1);
		bug_if(!m->marked);
	}
	m->marked[number / 8] |= (uint8_t)(1 << number % 8);
	m->nmarked++;
}

void
maildrop_unmark(struct maildrop *m)
{
	free(m->marked);
	m->marked = NULL;
	m->nmarked = 0;
}

/* The numbers that are marked, as ranges. */
static void
marked_ranges(const struct maildrop *m, struct buf *ranges)
{
	uint32_t low = 0;

	*ranges = BUF_INIT((size_t)m->nmarked * RANGE_OCTETS);
	for (uint32_t i = 1; m->nmarked > 0 && i <= m->n; i++) {
		if (low == 0 && is_marked(m, i))
			low = i;
		if (low > 0 && (i == m->n || !is_marked(m, i + 1))) {
			selection_add(ranges, low, i);
			low = 0;
		}
	}
}

/* ---- reading ------------------------------------------------------------- */

static int
walk_rows(struct maildrop *m, struct str ranges, uint32_t want,
    int (*row)(void *arg, const struct fetch_row *row), void *arg,
    struct err *err)
{
	const struct rows_ask ask = { .messages.ranges = ranges,
		.want = want };
	struct rows *rows = rows_open(&m->view, &ask);
	struct fetch_row r;
	bool flagged;
	int e;

	while ((e = rows_next(rows, &r, &flagged, err)) > 0) {
		if ((e = row(arg, &r)) != 0)
			break;
	}
	rows_close(rows);
	return e;
}

struct getting {
	struct fetch_row *row;
	struct arena *mem;
	bool got;
};

static int
get_row(void *arg, const struct fetch_row *row)
{
	struct getting *to = arg;

	*to->row = *row;
	to->row->keywords = STR_NULL;
	to->row->facts = str_dup(to->mem, row->facts);
	to->row->prefix = str_dup(to->mem, row->prefix);
	to->row->chunks = str_dup(to->mem, row->chunks);
	to->got = true;
	return 0;
}

int
maildrop_get(struct maildrop *m, uint32_t number, uint32_t want,
    struct fetch_row *row, struct arena *mem, struct err *err)
{
	struct getting to = { row, mem, false };
	auto_buf range = BUF_INIT(RANGE_OCTETS);
	int e;

	selection_add(&range, number, number);
	e = walk_rows(m, buf_get(&range), want, get_row, &to, err);
	if (e == 0 && !to.got)
		return err_set(err, E_NOTFOUND, "message %u is gone", number);
	return e;
}

struct walking {
	const struct maildrop *m;
	int (*row)(void *arg, const struct fetch_row *row);
	void *arg;
};

static int
pass_row(void *arg, const struct fetch_row *row)
{
	struct walking *w = arg;

	return maildrop_has(w->m, row->seq) ? w->row(w->arg, row) : 0;
}

int
maildrop_walk(struct maildrop *m,
    int (*row)(void *arg, const struct fetch_row *row), void *arg,
    struct err *err)
{
	struct walking w = { m, row, arg };
	auto_buf all = BUF_INIT(RANGE_OCTETS);

	if (m->n == 0)
		return 0;
	selection_add(&all, 1, m->n);
	return walk_rows(m, buf_get(&all), 0, pass_row, &w, err);
}

static int
subtract_size(void *arg, const struct fetch_row *row)
{
	uint64_t *octets = arg;

	*octets -= row->size < *octets ? row->size : *octets;
	return 0;
}

int
maildrop_octets(struct maildrop *m, uint64_t *octets, struct err *err)
{
	auto_buf ranges = { 0 };
	uint64_t left = m->size;
	int e = 0;

	marked_ranges(m, &ranges);
	if (ranges.n > 0)
		e = walk_rows(m, buf_get(&ranges), 0, subtract_size, &left,
		    err);
	if (e == 0)
		*octets = left;
	return e;
}

/* ---- unique-ids ---------------------------------------------------------- */

int
maildrop_uidls(struct maildrop *m, const uint64_t *emails, size_t n,
    struct str *uidls, struct arena *mem, struct err *err)
{
	auto_buf list = BUF_INIT(UIDL_EMAIL * UIDLS_MAX);
	struct uidls_answer answer = { 0 };
	struct uidls_ask ask;
	struct rd r;
	int e = 0;

	for (size_t i = 0; i < n; i++)
		buf_le64(&list, emails[i]);
	ask.emails = buf_get(&list);
	if (!m->no_uidls)
		e = store_call(m->view.account->store, STORE_uidls, &ask,
		    &answer, mem, err);
	if (e < 0)
		return e;
	m->no_uidls = !answer.any;
	r = rd_of(answer.uidls);
	for (size_t i = 0; i < n; i++)
		uidls[i] = answer.any ? rd_take(&r, rd_le8(&r)) : STR_NULL;
	return answer.any && (!rd_ok(&r) || rd_left(&r) > 0) ?
	    err_set(err, E_PROTO, "unique-ids of others") : 0;
}

/* ---- removing ------------------------------------------------------------ */

static int
add_uid(void *arg, const struct fetch_row *row)
{
	selection_add(arg, row->uid, row->uid);
	return 0;
}

/* By UID: what others expunged meanwhile is passed over. */
int
maildrop_remove(struct maildrop *m, struct err *err)
{
	auto_buf ranges = { 0 };
	auto_buf uids = BUF_INIT((size_t)m->nmarked * RANGE_OCTETS);
	struct selection all;
	int e;

	marked_ranges(m, &ranges);
	if (ranges.n == 0)
		return 0;
	e = walk_rows(m, buf_get(&ranges), 0, add_uid, &uids, err);
	if (e < 0)
		return e;
	if (buf_failed(&uids))
		return err_set(err, E_PROTO, "more rows than were asked for");
	all = (struct selection){ buf_get(&uids), true };
	return change_remove(&m->view, &all, err);
}
