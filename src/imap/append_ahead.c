/*
 * append_ahead.c - APPENDs that come one behind the other.
 *
 * Who copies a mailbox with LITERAL+ need not wait for our answers (RFC 3501
 * 5.5), and a commit for each message would be most of the time that takes. So
 * while more octets are here already, a short message is handed to store and
 * the next one read; store makes one commit of those that it finds. No answer
 * is said before its message is on the disk, and all come in their order.
 */
#include "imap/imap_int.h"

/* Fewer than the calls that store takes of a session at once. */
enum { AHEAD_MAX = STORE_ACCOUNT_WINDOW - 2, AHEAD_MEM = 1 << 20 };

struct append_ahead {
	struct append_ahead *next;
	struct store *store;
	struct loop *loop;
	struct fiber *session;
	struct arena *mem;	/* of all that follows */
	struct str tag;
	struct append_ask ask;
	struct append_answer answer;
	int code;
	struct err err;
	bool done;
};

static void
hand_in(void *arg)
{
	struct append_ahead *x = arg;

	x->code = store_call(x->store, STORE_append, &x->ask, &x->answer,
	    x->mem, &x->err);
	x->done = true;
	fiber_wake(x->loop, x->session);
}

bool
imap_append_ahead(struct imap_session *s, struct str tag,
    const struct append_ask *ask)
{
	struct append_ahead **last = &s->ahead, *x;
	size_t n = 0;

	if (ask->stage || ask->raw_size > IMAP_AHEAD_OCTETS ||
	    !stream_has_more(s->d.stream))
		return false;
	for (; *last; last = &(*last)->next)
		n++;
	if (n == AHEAD_MAX) {
		imap_settle_appends(s);
		last = &s->ahead;
	}
	x = calloc(1, sizeof(*x));
	bug_if(!x);
	x->store = s->account.store;
	x->loop = s->d.loop;
	x->session = fiber_self(s->d.loop);
	x->mem = arena_new(AHEAD_MEM);
	x->tag = str_dup(x->mem, tag);
	x->ask = *ask;
	msg_keep(x->mem, &append_ask_shape, &x->ask);
	*last = x;
	(void)fiber_spawn(s->d.loop, "append", hand_in, x);
	/* So that it is on its way while the next one is read. */
	fiber_yield(s->d.loop);
	return true;
}

void
imap_settle_appends(struct imap_session *s)
{
	struct append_ahead *x, *next = s->ahead;

	/* Their answers come here, to find none that is before them. */
	s->ahead = NULL;
	while ((x = next)) {
		next = x->next;
		fiber_wait_uncancelable(x->loop, &x->done);
		imap_finish(s, x->tag, 0, imap_appended(s, x->code, &x->err,
		    &x->answer));
		arena_free(x->mem);
		free(x);
	}
}
