/*
 * cmd_lsub.c - LSUB: the names that are subscribed.
 */
#include "imap/listing.h"

enum { WRITE_AT = 32768 };

static bool
is_subscribed(const struct mailbox_row *m, uint32_t options unused_arg)
{
	return m->subscribed;
}

/* A level that "%" stops at is told for what is subscribed below it: such a
 * name is \Noselect, whatever it is. */
static void
put_names(struct imap_session *s, const struct listing *l, bool levels)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);

	for (size_t i = 0; i < l->names.n; i++) {
		struct str name = l->names.node[i].row.name;

		if (!(l->mark[i] & MARK_MATCHES))
			continue;
		if (l->mark[i] & MARK_SELECTED)
			listing_put(s, &b, STR("LSUB"), STR_NULL, name);
		else if (levels && (l->mark[i] & MARK_HIDDEN_BELOW))
			listing_put(s, &b, STR("LSUB"), STR("\\Noselect"),
			    name);
		else
			continue;
		buf_lit(&b, "\r\n");
		if (b.n > WRITE_AT)
			imap_write_out(s, &b);
	}
	imap_say(s, &b);
}

/* LSUB reference pattern                                  RFC 3501 6.3.9 */
struct answer
imap_lsub(struct imap_session *s, const struct imap_command *c)
{
	const struct list_args *a = &c->args.list;
	struct listing l;
	struct err err = { 0 };
	int e;

	if (a->pattern[0].p && a->pattern[0].n == 0) {
		(void)stream_printf(s->d.stream,
		    "* LSUB (\\Noselect) \"/\" \"\"\r\n");
		return OK("Listed");
	}
	e = listing_begin(s, a, is_subscribed, &l, &err);
	if (e >= 0)
		put_names(s, &l, str_chr(a->pattern[0], '%') <
		    a->pattern[0].n);
	listing_end(&l);
	return e < 0 ? imap_fail(s, "lsub", &err) : OK("Listed");
}
