/*
 * condstore.c - modseqs as clients see them: CONDSTORE and QRESYNC.  RFC 7162
 *
 * A modseq of the protocol is one of store (store/messages.h): one counter for
 * an account, and none is ever given twice. What a session was told is the two
 * modseqs of its view, so what was told of expunges is never above
 * view.at.expunges: that is the HIGHESTMODSEQ that a client may keep.
 */
#include "imap/imap_int.h"
#include "imap/grammar/seqset.h"

void
imap_say_highest(struct imap_session *s)
{
	if (s->state == STATE_SELECTED && s->view.at.mailbox)
		(void)stream_printf(s->d.stream,
		    "* OK [HIGHESTMODSEQ %llu] As far as was told\r\n",
		    (unsigned long long)s->view.at.expunges);
}

/* RFC 7162 3.1: in the first of these commands it is said. */
void
imap_condstore(struct imap_session *s)
{
	if (s->enabled & ENABLED_CONDSTORE)
		return;
	s->enabled |= ENABLED_CONDSTORE;
	imap_say_highest(s);
}

void
imap_put_modseq(struct buf *b, uint64_t modseq)
{
	buf_lit(b, "MODSEQ (");
	buf_u64(b, modseq);
	buf_chr(b, ')');
}

void
imap_put_vanished(struct buf *b, struct str pairs, bool earlier)
{
	struct seqset_out set = { .b = b };
	struct rd r = rd_of(pairs);

	if (pairs.n == 0)
		return;
	buf_str(b, earlier ? STR("* VANISHED (EARLIER) ") :
	    STR("* VANISHED "));
	while (rd_left(&r) > 0) {
		uint32_t low = rd_le32(&r);

		seqset_out_range(&set, low, rd_le32(&r));
	}
	seqset_out_end(&set);
	buf_lit(b, "\r\n");
}

static void
say_earlier(void *arg, struct str pairs)
{
	struct imap_session *s = arg;
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);

	imap_put_vanished(&b, pairs, true);
	imap_write_out(s, &b);
}

int
imap_say_vanished(struct imap_session *s, struct selection uids,
    uint64_t since, struct err *err)
{
	return view_vanished(&s->view, uids, since, say_earlier, s, err);
}

/* RFC 7162 3.2.5.1. The pairs of numbers and UIDs (3.2.5.2) make an answer
 * shorter where expunges are not remembered; here they are, for a week. */
int
imap_resync(struct imap_session *s, const struct select_args *a,
    const struct open_answer *m, struct err *err)
{
	auto_buf ranges = BUF_INIT((a->uids.n + 1) * sizeof(struct seqrange) +
	    1);
	struct seqset known = a->uids;
	struct selection uids;
	int e;

	if (a->uidvalidity != m->uidvalidity)
		return 0;
	seqset_resolve_uids(&known);
	for (size_t i = 0; i < known.n; i++)
		selection_add(&ranges, known.r[i].lo, known.r[i].hi);
	if (a->uids.n == 0 && m->uidnext > 1)
		selection_add(&ranges, 1, m->uidnext - 1);
	uids = (struct selection){ buf_get(&ranges), true };
	e = imap_say_vanished(s, uids, a->modseq, err);
	if (e >= 0)
		e = imap_say_changed(s, uids, a->modseq, err);
	s->view.heard = 0;	/* no update ends SELECT: see recent.c */
	return e;
}

/* RFC 7162 3.2: a client must not keep a modseq above that of an expunge which
 * it has not heard of. */
void
imap_say_behind(struct imap_session *s, bool moved)
{
	bool behind = s->view.at.expunges < s->view.at.arrivals;

	if (!(s->enabled & ENABLED_QRESYNC) || (behind ? !moved && s->behind :
	    !s->behind))
		return;
	s->behind = behind;
	imap_say_highest(s);
}
