/*
 * cmd_status.c - STATUS: the counters of a mailbox that is not selected.
 */
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

void
imap_put_status(const struct imap_session *s, struct buf *b, struct str name,
    uint32_t items, const struct status_answer *m)
{
	const struct {
		uint32_t item;
		const char *name;
		uint64_t value;
	} values[] = {
		{ STATUS_MESSAGES, "MESSAGES", m->exists },
		{ STATUS_RECENT, "RECENT", m->recent },
		{ STATUS_UIDNEXT, "UIDNEXT", m->uidnext },
		{ STATUS_UIDVALIDITY, "UIDVALIDITY", m->uidvalidity },
		{ STATUS_UNSEEN, "UNSEEN", m->unseen },
		{ STATUS_DELETED, "DELETED", m->deleted },
		{ STATUS_DELETED_STORAGE, "DELETED-STORAGE",
		    m->deleted_size },		/* RFC 9208 4.1.4 */
		{ STATUS_SIZE, "SIZE", m->size },
		{ STATUS_HIGHESTMODSEQ, "HIGHESTMODSEQ", m->modseq },
		{ STATUS_APPENDLIMIT, "APPENDLIMIT",
		    s->service->max_message },	/* RFC 7889 2 */
	};
	const char *space = "";

	buf_lit(b, "* STATUS ");
	reply_mailbox(b, name, imap_utf8(s));
	buf_lit(b, " (");
	for (size_t i = 0; i < NELEM(values); i++) {
		if (!(items & values[i].item))
			continue;
		buf_printf(b, "%s%s %ju", space, values[i].name,
		    (uintmax_t)values[i].value);
		space = " ";
	}
	if (items & STATUS_MAILBOXID)		/* RFC 8474 4.3 */
		buf_printf(b, "%sMAILBOXID (F%ju)", space,
		    (uintmax_t)m->mailbox);
	buf_lit(b, ")\r\n");
}

/* STATUS mailbox (items)    RFC 3501 6.3.10, RFC 8438, RFC 9051 6.3.11 */
struct answer
imap_status(struct imap_session *s, const struct imap_command *c)
{
	const struct status_args *a = &c->args.status;
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	struct status_answer m;
	struct err err = { 0 };

	if (mailbox_status(&s->account, a->mailbox,
	    a->items & STATUS_DELETED_STORAGE, &m, &err) < 0)
		return imap_fail(s, "status", &err);
	if (a->items & STATUS_HIGHESTMODSEQ)	/* RFC 7162 3.1.7 */
		imap_condstore(s);
	imap_put_status(s, &b, a->mailbox, a->items, &m);
	imap_say(s, &b);
	return OK("Counted");
}
