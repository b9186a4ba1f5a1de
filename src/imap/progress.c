/*
 * progress.c - a word now and then while a command takes long.     RFC 9585
 *
 * The fiber of the command writes nothing meanwhile, so that this is never
 * in the middle of anything.
 */
#include "imap/imap_int.h"

enum { FIRST_MS = 5000, EVERY_MS = 10000 };

/* How far it is nobody knows. */
static void
say_progress(struct imap_session *s, struct str tag)
{
	auto_buf b = BUF_INIT(2 * TAG_MAX + 100);

	buf_lit(&b, "* OK [INPROGRESS (");
	buf_quoted(&b, tag);
	buf_lit(&b, " NIL NIL)] Not done yet\r\n");
	imap_say(s, &b);
	dialogue_deadline(&s->d, IMAP_COMMAND_MS);
	(void)stream_flush(s->d.stream, NULL);
}

static void
tell_progress(void *arg)
{
	struct progress *p = arg;
	struct loop *l = p->s->d.loop;
	int64_t at = loop_now_ms(l) + FIRST_MS;
	int e = 0;

	while (!p->stop && e != E_CANCELED) {
		e = fiber_wait(l, at);
		if (p->stop || e != E_TIMEOUT)
			continue;
		say_progress(p->s, p->tag);
		at = loop_now_ms(l) + EVERY_MS;
	}
	p->over = true;
	fiber_wake(l, p->command);
}

void
imap_progress_begin(struct progress *p, struct imap_session *s, struct str tag)
{
	struct loop *l = s->d.loop;

	*p = (struct progress){ .s = s, .tag = tag, .command = fiber_self(l) };
	p->fiber = fiber_spawn(l, "progress", tell_progress, p);
}

void
imap_progress_end(struct progress *p)
{
	struct loop *l = p->s->d.loop;

	p->stop = true;
	if (!p->over)
		fiber_wake(l, p->fiber);
	fiber_wait_uncancelable(l, &p->over);
}
