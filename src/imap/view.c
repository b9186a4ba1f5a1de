/*
 * view.c - the mailbox selected: choosing messages of it, telling its news.
 */
#include "imap/imap_int.h"

enum { WRITE_AT = 32768 };	/* octets of news before they are written */

void
imap_deselect(struct imap_session *s)
{
	view_close(&s->view);
	s->read_only = false;
	if (s->state == STATE_SELECTED)
		s->state = STATE_AUTH;
}

struct answer
imap_choose(struct imap_session *s, struct seqset *set, bool by_uid,
    struct selection *out)
{
	auto_buf ranges = BUF_INIT(set->n * sizeof(struct seqrange) + 1);

	if (set->saved)
		return BAD("No search result is saved");
	/* For UIDs "*" is UINT32_MAX to store, which knows the last one. */
	seqset_resolve(set, by_uid ? UINT32_MAX : s->view.exists);
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
		buf_printf(&to->out, "* %u FETCH (UID %u FLAGS ", news->n,
		    news->row->uid);
		reply_flags(&to->out, news->row->flags, news->row->keywords);
		buf_lit(&to->out, ")\r\n");
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
	int e = view_update(&s->view, expunge_ok, tell_news, &to, err);

	imap_say(s, &to.out);
	buf_free(&to.out);
	return e;
}
