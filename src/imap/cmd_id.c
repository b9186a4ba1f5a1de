/*
 * cmd_id.c - ID.
 */
#include "imap/imap_int.h"

/* ID: who we are; who they say they are goes to the log.       RFC 2971 */
struct answer
imap_id(struct imap_session *s, const struct imap_command *c)
{
	const struct id_args *a = &c->args.id;

	for (size_t i = 0; i < a->n; i++) {
		if (str_eqi(a->name[i], STR("name")))
			log_ctx_event(&s->d.log, LOG_DEBUG, "id",
			    F_STR("name", str_first(a->value[i], 100)));
	}
	(void)stream_printf(s->d.stream,
	    "* ID (\"name\" \"Postern\" \"version\" \"%s\")\r\n",
	    POSTERN_VERSION);
	return OK("Pleased to meet you");
}
