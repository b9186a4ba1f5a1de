/*
 * noted.c - METADATA that nobody asked for: what other sessions changed, for
 * who enabled it. Where there is a NOTIFY, that decides.   RFC 5464 4.4.2
 */
#include "imap/imap_int.h"

enum { NOTED_MAX = 128 };	/* until the session tells of them */

struct noted {
	struct noted_entry {
		char *mailbox, *entry;
	} v[NOTED_MAX];
	size_t n;
};

static void
forget(struct noted *noted)
{
	for (size_t i = 0; i < noted->n; i++) {
		free(noted->v[i].mailbox);
		free(noted->v[i].entry);
	}
	noted->n = 0;
}

void
imap_noted_begin(struct imap_session *s)
{
	if (s->noted)
		return;
	s->noted = calloc(1, sizeof(*s->noted));
	bug_if(!s->noted);
}

void
imap_noted_end(struct imap_session *s)
{
	if (s->noted)
		forget(s->noted);
	free(s->noted);
	s->noted = NULL;
}

static char *
text_of(struct str s)
{
	char *t = strndup(s.p ? s.p : "", s.n);

	bug_if(!t);
	return t;
}

bool
imap_noted_heard(struct imap_session *s, const struct changed *c)
{
	struct noted *noted = s->noted;

	if (c->what == 0) {	/* it watches no more */
		s->watched_all = false;
		return true;
	}
	if (c->mailbox)
		return c->mailbox == s->view.at.mailbox;
	if (c->own || !(c->what & CHANGED_metadata))
		return false;
	for (size_t i = 0; i < noted->n; i++)
		if (str_eq(str_c(noted->v[i].mailbox), c->name) &&
		    str_eq(str_c(noted->v[i].entry), c->was))
			return false;
	if (noted->n == NOTED_MAX)
		return false;
	noted->v[noted->n++] = (struct noted_entry){ text_of(c->name),
		text_of(c->was) };
	return true;
}

void
imap_noted_tell(struct imap_session *s)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	struct err err = { 0 };

	if (!s->noted || s->notify)
		return;
	for (size_t i = 0; i < s->noted->n; i++) {
		buf_lit(&b, "* METADATA ");
		reply_mailbox(&b, str_c(s->noted->v[i].mailbox),
		    imap_utf8(s));
		buf_chr(&b, ' ');
		reply_astring(&b, str_c(s->noted->v[i].entry));
		buf_lit(&b, "\r\n");
	}
	forget(s->noted);
	imap_say(s, &b);
	if (!s->watched_all && imap_watch(s, &err) < 0)
		(void)imap_fail(s, "watch", &err);
}
