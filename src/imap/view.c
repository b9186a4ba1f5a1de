/*
 * view.c - the mailbox selected: choosing messages of it, telling its news.
 */
#include "base/crc32c.h"
#include "imap/imap_int.h"

enum {
	WRITE_AT = 32768,	/* octets of news before they are written */
	KEYWORDS_TOLD_MAX = 16384, /* octets in FLAGS; as in store/messages.h */
};

void
imap_put_flags(const struct imap_session *s, struct buf *b)
{
	const uint32_t all = SYS_SEEN | SYS_ANSWERED | SYS_FLAGGED |
	    SYS_DELETED | SYS_DRAFT;

	buf_lit(b, "* FLAGS ");
	reply_flags(b, all, buf_get(&s->keywords));
	buf_lit(b, "\r\n* OK [PERMANENTFLAGS ");
	if (s->read_only) {
		buf_lit(b, "()");
	} else {
		/* "\*": new keywords may be made. */
		reply_flags(b, all, buf_get(&s->keywords));
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
imap_deselect(struct imap_session *s)
{
	view_close(&s->view);
	buf_free(&s->recent);
	s->nrecent = 0;
	buf_free(&s->saved);
	buf_free(&s->keywords);
	buf_free(&s->last_keywords);
	map_free(&s->known_keywords);
	s->read_only = false;
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

struct telling {
	struct imap_session *s;
	struct buf out;
};

static int
tell_news(void *arg, const struct news *news)
{
	struct telling *to = arg;

	switch (news->kind) {
	case NEWS_GONE:			/* RFC 3501 7.4.1 */
		buf_printf(&to->out, "* %u EXPUNGE\r\n", news->n);
		break;
	case NEWS_EXISTS:
		buf_printf(&to->out, "* %u EXISTS\r\n", news->n);
		break;
	case NEWS_FLAGS:
		imap_tell_keywords(to->s, &to->out, news->row->keywords);
		buf_printf(&to->out, "* %u FETCH (UID %u FLAGS ", news->n,
		    news->row->uid);
		reply_flags(&to->out, news->row->flags |
		    imap_recent_flag(to->s, news->row->uid),
		    news->row->keywords);
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
	return stream_failed(to->s->d.stream);
}

int
imap_update(struct imap_session *s, bool expunge_ok, struct err *err)
{
	struct telling to = { s, BUF_INIT(IMAP_OUT_MAX) };
	uint32_t before = s->view.exists;
	int e = view_update(&s->view, expunge_ok, tell_news, &to, err);

	imap_say(s, &to.out);
	buf_free(&to.out);
	if (e >= 0 && (s->view.exists != before ||
	    (s->view.untold && !s->read_only)))
		e = imap_recent_update(s, err);
	return e;
}
