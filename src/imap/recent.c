/*
 * recent.c - which messages are \Recent in this session.     RFC 3501 2.3.2
 *
 * Store knows of each mailbox which UIDs nobody was told of yet. Who has it
 * selected read-write takes them; who only looks (EXAMINE) takes nothing, and
 * to such a one all that comes later is recent as well. A failure to take
 * them is none of SELECT: what may be new to everybody is told as new.
 */
#include "imap/imap_int.h"
#include "mail/search.h"

enum { RANGE_SIZE = 8 };

struct uid_range {
	uint32_t low, high;
};

static struct uid_range
recent_range(const struct imap_session *s, size_t i)
{
	struct rd r = rd_of(str_make(s->recent.p + i * RANGE_SIZE,
	    RANGE_SIZE));
	uint32_t low = rd_le32(&r);

	return (struct uid_range){ low, rd_le32(&r) };
}

/* UIDs up to and without `below`, behind those that are there. */
static void
add_recent(struct imap_session *s, uint32_t from, uint32_t below)
{
	size_t n = s->recent.n / RANGE_SIZE;
	struct uid_range last = n ? recent_range(s, n - 1) :
	    (struct uid_range){ 0, 0 };

	s->recent.cap = IMAP_RECENT_MAX;
	if (from <= last.high)
		from = last.high + 1;
	if (from >= below)
		return;
	if (from == last.high + 1 && n) {
		from = last.low;
		s->recent.n -= RANGE_SIZE;
	}
	if (s->recent.n + RANGE_SIZE <= IMAP_RECENT_MAX)
		selection_add(&s->recent, from, below - 1);
}

/* How many of them are in the view. */
static int
count_recent(struct imap_session *s, uint32_t *n, struct err *err)
{
	const struct condition c = { .kind = COND_UID,
		.set = buf_get(&s->recent) };
	struct search_result found = { 0 };
	int e = 0;

	if (s->recent.n && s->view.exists)
		e = search_mailbox(&s->view, &c, &found, err);
	s->view.heard = 0;	/* by no command: the next update asks */
	*n = found.n;
	search_result_free(&found);
	return e;
}

int
imap_recent_begin(struct imap_session *s, const struct open_answer *m,
    struct err *err)
{
	uint32_t from = m->recent_from, below = m->uidnext;

	/* To who does not know of it nothing is recent, so nothing is taken
	 * from others.                                      RFC 9051 E 12 */
	if (s->enabled & ENABLED_REV2)
		return 0;
	if (s->read_only)
		below = UINT32_MAX;	/* without "*" */
	else if (s->view.untold &&
	    view_take_untold(&s->view, &from, &below, err) < 0)
		below = m->uidnext;
	add_recent(s, from, below);
	return from < m->uidnext ? count_recent(s, &s->nrecent, err) : 0;
}

int
imap_recent_update(struct imap_session *s, struct err *err)
{
	uint32_t from = 0, below = 0, n;
	int e;

	if (s->view.at.mailbox == 0)	/* it is no more */
		return 0;
	if (s->view.untold && !s->read_only &&
	    view_take_untold(&s->view, &from, &below, err) >= 0)
		add_recent(s, from, below);
	e = count_recent(s, &n, err);
	if (e >= 0 && n != s->nrecent) {
		s->nrecent = n;
		(void)stream_printf(s->d.stream, "* %u RECENT\r\n", n);
	}
	return e;
}

uint32_t
imap_recent_flag(const struct imap_session *s, uint32_t uid)
{
	size_t low = 0, high = s->recent.n / RANGE_SIZE;

	if (s->enabled & ENABLED_REV2)	/* RFC 9051 E 12 */
		return 0;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct uid_range at = recent_range(s, mid);

		if (uid >= at.low && uid <= at.high)
			return SYS_RECENT;
		if (uid < at.low)
			high = mid;
		else
			low = mid + 1;
	}
	return 0;
}
