/*
 * view.c - the mailbox selected: choosing messages of it, telling its news.
 */
#include "base/crc32c.h"
#include "imap/imap_int.h"

enum {
	WRITE_AT = 32768,	/* octets of news before they are written */
	VANISHED_MAX = 4 * 4096, /* octets of UIDs in one VANISHED */
	KEYWORDS_TOLD_MAX = 16384, /* octets in FLAGS; as in store/messages.h */
};

/* RFC 4314 2.1 */
static uint32_t
flags_by(uint32_t rights)
{
	return (rights & RIGHT_s ? SYS_SEEN : 0) |
	    (rights & RIGHT_t ? SYS_DELETED : 0) |
	    (rights & RIGHT_w ? SYS_ANSWERED | SYS_FLAGGED | SYS_DRAFT : 0);
}

void
imap_put_flags(const struct imap_session *s, struct buf *b)
{
	const uint32_t all = SYS_SEEN | SYS_ANSWERED | SYS_FLAGGED |
	    SYS_DELETED | SYS_DRAFT;

	buf_lit(b, "* FLAGS ");
	reply_flags(b, all, buf_get(&s->keywords));
	buf_lit(b, "\r\n* OK [PERMANENTFLAGS ");
	/* RFC 4314 5.1.1: what the rights are for. */
	if (s->read_only || !(s->rights & RIGHT_w)) {
		reply_flags(b, s->read_only ? 0 : flags_by(s->rights),
		    STR_NULL);
	} else {
		/* "\*": new keywords may be made. */
		reply_flags(b, all & flags_by(s->rights),
		    buf_get(&s->keywords));
		b->n--;
		buf_lit(b, " \\*)");
	}
	buf_lit(b, "] Flags that stay\r\n");
}

/* In any case (RFC 3501 2.3.2); two words of one hash are one. */
static bool
learn_keyword(struct imap_session *s, struct str word)
{
	uint32_t low = 0, high = ~0u;
	uint64_t hash;

	for (size_t i = 0; i < word.n; i++) {
		char c = ascii_lower(word.p[i]);

		low = crc32c(low, &c, 1);
		high = crc32c(high, &c, 1);
	}
	hash = low | (uint64_t)high << 32;
	if (word.n == 0 || map_find(&s->known_keywords, hash, 0, 0) ||
	    s->keywords.n + word.n + 1 > KEYWORDS_TOLD_MAX)
		return false;
	map_put_number(&s->known_keywords, hash, 0, 0, 1);
	if (s->keywords.n)
		buf_chr(&s->keywords, ' ');
	buf_str(&s->keywords, word);
	return true;
}

bool
imap_learn_keywords(struct imap_session *s, struct str words)
{
	bool more, any = false;
	struct str word;

	/* Most messages have the keywords that the one before had. */
	if (words.n == 0 || str_eq(words, buf_get(&s->last_keywords)))
		return false;
	s->keywords.cap = s->last_keywords.cap = KEYWORDS_TOLD_MAX;
	buf_reset(&s->last_keywords);
	buf_str(&s->last_keywords, words);
	do {
		more = str_cut(words, ' ', &word, &words);
		any |= learn_keyword(s, word);
	} while (more);
	return any;
}

void
imap_tell_keywords(struct imap_session *s, struct buf *b, struct str words)
{
	if (imap_learn_keywords(s, words))
		imap_put_flags(s, b);
}

void
imap_made_here(struct imap_session *s, uint32_t uidvalidity, struct str pairs)
{
	if (s->state != STATE_SELECTED || s->uidvalidity != uidvalidity)
		return;
	s->made_here.cap = IMAP_MADE_MAX;
	buf_str(&s->made_here, pairs);
}

void
imap_deselect(struct imap_session *s)
{
	view_close(&s->view);
	imap_contexts_end(s);
	buf_free(&s->recent);
	s->nrecent = 0;
	buf_free(&s->made_here);
	s->behind = false;
	buf_free(&s->saved);
	buf_free(&s->keywords);
	buf_free(&s->last_keywords);
	map_free(&s->known_keywords);
	s->read_only = false;
	s->rights = 0;
	if (s->state == STATE_SELECTED)
		s->state = STATE_AUTH;
}

struct answer
imap_choose(struct imap_session *s, struct seqset *set, bool by_uid,
    struct selection *out)
{
	auto_buf ranges = BUF_INIT(set->n * sizeof(struct seqrange) + 1);

	if (set->saved) {	/* RFC 5182: an empty one names nothing */
		*out = (struct selection){ str_dup(s->cmd,
		    buf_get(&s->saved)), true };
		return NO_ANSWER;
	}
	if (by_uid)
		seqset_resolve_uids(set);
	else
		seqset_resolve(set, s->view.exists);
	/* RFC 9051 6.4.4.4 (and 3501 9): beyond the last message. An empty
	 * mailbox has nothing at all, which is no reason to complain. */
	if (!by_uid && s->view.exists > 0 &&
	    seqset_max(set) > s->view.exists)
		return BAD("No message has this number");
	if (!by_uid && s->view.exists == 0)
		set->n = 0;
	for (size_t i = 0; i < set->n; i++)
		selection_add(&ranges, set->r[i].lo, set->r[i].hi);
	*out = (struct selection){ str_dup(s->cmd, buf_get(&ranges)), by_uid };
	return NO_ANSWER;
}

void
imap_put_space(struct buf *b)
{
	if (b->n == 0 || b->p[b->n - 1] != '(')
		buf_chr(b, ' ');
}

void
imap_put_fetch(const struct imap_session *s, struct buf *b, uint32_t seq,
    uint32_t uid, bool with_uid)
{
	buf_lit(b, "* ");
	buf_u64(b, imap_uids_only(s) ? uid : seq);
	buf_str(b, imap_uids_only(s) ? STR(" UIDFETCH (") : STR(" FETCH ("));
	if (with_uid && !imap_uids_only(s)) {
		buf_lit(b, "UID ");
		buf_u64(b, uid);
	}
}

struct telling {
	struct imap_session *s;
	struct buf out;
	struct buf vanished;	/* UIDs of NEWS_GONE, u32 each, descending */
	uint32_t known, arrived;	/* how many messages there are, and
				 * the first of those that came; 0 */
};

/* RFC 7162 3.2.10: in a set, and so all at once. */
static void
say_vanished(struct telling *to)
{
	auto_buf uids = BUF_INIT(VANISHED_MAX * 2);

	for (size_t at = to->vanished.n; at > 0; at -= sizeof(uint32_t)) {
		struct rd r = rd_of(str_make(to->vanished.p + at -
		    sizeof(uint32_t), sizeof(uint32_t)));
		uint32_t uid = rd_le32(&r);

		selection_add(&uids, uid, uid);
	}
	imap_put_vanished(&to->out, buf_get(&uids), false);
	buf_reset(&to->vanished);
}

/* They come before all other news. */
static int
tell_gone(struct telling *to, const struct news *news)
{
	imap_contexts_gone(to->s, &to->out, news->n, news->uid);
	to->known--;
	to->arrived -= to->arrived > news->n;
	if (!(to->s->enabled & (ENABLED_QRESYNC | ENABLED_UIDONLY))) {
		buf_printf(&to->out, "* %u EXPUNGE\r\n", news->n);
		return 0;
	}
	/* The mailbox was removed: nobody can say what was in it. */
	if (news->uid == 0)
		return E_STALE;
	buf_le32(&to->vanished, news->uid);
	if (to->vanished.n == VANISHED_MAX)
		say_vanished(to);
	return 0;
}

static int
tell_news(void *arg, const struct news *news)
{
	struct telling *to = arg;
	int e = 0;

	if (news->kind != NEWS_GONE)
		say_vanished(to);
	switch (news->kind) {
	case NEWS_GONE:			/* RFC 3501 7.4.1 */
		e = tell_gone(to, news);
		break;
	case NEWS_EXISTS:
		buf_printf(&to->out, "* %u EXISTS\r\n", news->n);
		if (!to->arrived)
			to->arrived = to->known + 1;
		to->known = news->n;
		break;
	case NEWS_FLAGS:
		if (!(imap_notify_selected(to->s) & EVENT_FLAGS))
			break;
		imap_tell_keywords(to->s, &to->out, news->row->keywords);
		imap_put_fetch(to->s, &to->out, news->n, news->row->uid, true);
		imap_put_space(&to->out);
		buf_lit(&to->out, "FLAGS ");
		reply_flags(&to->out, news->row->flags |
		    imap_recent_flag(to->s, news->row->uid),
		    news->row->keywords);
		if (to->s->enabled & ENABLED_CONDSTORE) {
			buf_chr(&to->out, ' ');
			imap_put_modseq(&to->out, news->row->modseq);
		}
		buf_lit(&to->out, ")\r\n");
		break;
	case NEWS_REMOVED:
		buf_lit(&to->out, "* NO [NONEXISTENT] The mailbox was "
		    "deleted\r\n");
		break;
	}
	if (to->out.n > WRITE_AT) {
		imap_say(to->s, &to->out);
		buf_reset(&to->out);
	}
	return e < 0 ? e : stream_failed(to->s->d.stream);
}

int
imap_update(struct imap_session *s, bool expunge_ok, struct err *err)
{
	struct telling to = { s, BUF_INIT(IMAP_OUT_MAX),
		BUF_INIT(VANISHED_MAX), s->view.exists, 0 };
	uint64_t arrivals = s->view.at.arrivals;
	uint32_t before = s->view.exists;
	int e = view_update(&s->view, expunge_ok, tell_news, &to, err);

	say_vanished(&to);
	imap_say(s, &to.out);
	buf_free(&to.out);
	buf_free(&to.vanished);
	if (e == E_STALE)
		return err_set(err, e, "nobody can tell what went");
	if (e >= 0)
		imap_say_behind(s, s->view.at.arrivals != arrivals);
	if (e >= 0 && !(s->enabled & ENABLED_REV2) &&
	    (s->view.exists != before ||
	    (s->view.untold && !s->read_only)))
		e = imap_recent_update(s, err);
	if (to.arrived > s->view.exists)
		to.arrived = 0;
	if (e >= 0 && to.arrived)
		e = imap_notify_fetch(s, to.arrived, err);
	if (e >= 0)
		imap_contexts_update(s, to.arrived);
	buf_free(&s->made_here);
	return e;
}
