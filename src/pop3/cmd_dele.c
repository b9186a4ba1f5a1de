/*
 * cmd_dele.c - DELE, RSET and NOOP; and QUIT, which does what DELE said.
 */
#include "pop3/pop3_int.h"

/* DELE msg                                                    RFC 1939 5 */
struct answer
pop3_dele(struct pop3_session *s, const struct pop3_params *p)
{
	if (!maildrop_has(&s->drop, p->message))
		return ERR("There is no such message");
	maildrop_mark(&s->drop, p->message);
	return OK("Removed when you quit");
}

/* RSET                                                        RFC 1939 5 */
struct answer
pop3_rset(struct pop3_session *s, const struct pop3_params *p unused_arg)
{
	struct answer a = OK("");

	maildrop_unmark(&s->drop);
	a.text = arena_printf(s->cmd, "%u messages (%ju octets)", s->drop.n,
	    (uintmax_t)s->drop.size);
	return a;
}

/* NOOP                                                        RFC 1939 5 */
struct answer
pop3_noop(struct pop3_session *s unused_arg,
    const struct pop3_params *p unused_arg)
{
	return OK("Done");
}

/* QUIT                                                        RFC 1939 4, 6
 * Nothing is removed in any other way, and +OK says that it is. */
struct answer
pop3_quit(struct pop3_session *s, const struct pop3_params *p unused_arg)
{
	struct err err = { 0 };
	struct answer a;

	if (maildrop_remove(&s->drop, &err) < 0) {
		a = pop3_fail(s, "quit", &err);
		if (a.kind != ANSWER_NONE)
			a.text = STR("Some deleted messages are not removed");
	} else {
		s->removed = s->drop.nmarked;
		a = OK("See you");
	}
	pop3_end(s);
	return a;
}
