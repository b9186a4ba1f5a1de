/*
 * cmd_idle.c - IDLE: how it begins, and the line that ends it.
 */
#include "imap/imap_int.h"

/* IDLE: from here on the session waits in the state `idling`, without a
 * stack; idle_line() and tell_changes() of session.c go on.      RFC 2177 */
struct answer
imap_idle(struct imap_session *s, const struct imap_command *c)
{
	struct err err = { 0 };

	s->idling = true;
	if (imap_watch(s, &err) < 0) {
		s->idling = false;
		return imap_fail(s, "watch", &err);
	}
	if (stream_failed(s->d.stream) < 0 ||
	    imap_continue(s, STR("Idling")) < 0)
		return NO_ANSWER;
	s->idle_tag_len = c->tag.n;
	memcpy(s->idle_tag, c->tag.p, c->tag.n);
	/* What came before the watch began. */
	if (s->state == STATE_SELECTED && imap_notify_selected(s) &&
	    imap_update(s, true, &err) < 0)
		(void)imap_fail(s, "idle", &err);
	return NO_ANSWER;
}

struct answer
imap_idle_input(struct imap_session *s, struct str line)
{
	bool done = str_eqi(line, STR("DONE"));
	struct err err = { 0 };

	s->idling = false;
	if (imap_watch(s, &err) < 0)
		(void)imap_fail(s, "watch", &err);
	return done ? OK("No longer idling") : BAD("Expected DONE");
}
