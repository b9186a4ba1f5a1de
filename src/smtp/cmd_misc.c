/*
 * cmd_misc.c - commands outside the way of a message.
 */
#include "smtp/smtp_int.h"

/* NOOP [String]                                         RFC 5321 4.1.1.9 */
struct reply
smtp_noop(struct smtp_session *s unused_arg, struct str args unused_arg)
{
	return smtp_reply(250, "2.0.0", "Ok");
}

/* HELP [String]                                         RFC 5321 4.1.1.8 */
struct reply
smtp_help(struct smtp_session *s, struct str args)
{
	const struct smtp_verb *v;
	auto_buf b = BUF_INIT(1024);

	if (args.n > 0 && (v = smtp_verb_find(s, args)) && v->help &&
	    smtp_verb_is_here(s, v))
		return (struct reply){ 214, "2.0.0", str_c(v->help) };
	if (args.n > 0)
		return smtp_reply(504, "5.5.4", "No help on that");

	buf_lit(&b, "Commands:");
	for (size_t i = 0; (v = smtp_verb_at(s, i)); i++)
		if (smtp_verb_is_here(s, v) && !smtp_verb_is_hidden(s, v))
			buf_printf(&b, " %s", v->word);
	buf_lit(&b, "\nSee RFC 5321");
	return (struct reply){ 214, "2.0.0", str_dup(s->cmd, buf_get(&b)) };
}

/* QUIT                                                 RFC 5321 4.1.1.10 */
struct reply
smtp_quit(struct smtp_session *s unused_arg, struct str args unused_arg)
{
	return smtp_reply(221, "2.0.0", "Bye");
}

/* RSET                                                  RFC 5321 4.1.1.5 */
struct reply
smtp_rset(struct smtp_session *s, struct str args unused_arg)
{
	smtp_txn_end(s);
	return smtp_reply(250, "2.0.0", "Ok");
}
