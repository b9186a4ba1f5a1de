/*
 * cmd_status.c - STATUS: the counters of a mailbox that is not selected.
 */
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

/* STATUS mailbox (items)                   RFC 3501 6.3.10, RFC 8438 */
struct answer
imap_status(struct imap_session *s, const struct imap_command *c)
{
	const struct status_args *a = &c->args.status;
	const uint32_t served = STATUS_MESSAGES | STATUS_RECENT |
	    STATUS_UIDNEXT | STATUS_UIDVALIDITY | STATUS_UNSEEN | STATUS_SIZE;
	struct status_answer m;
	struct err err = { 0 };
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	const char *space = "";

	if (a->items & ~served)
		return BAD("No such status item");
	if (mailbox_status(&s->account, a->mailbox, &m, &err) < 0)
		return imap_fail(s, "status", &err);
	const struct {
		uint32_t item;
		const char *name;
		uint64_t value;
	} items[] = {
		{ STATUS_MESSAGES, "MESSAGES", m.exists },
		{ STATUS_RECENT, "RECENT", 0 },
		{ STATUS_UIDNEXT, "UIDNEXT", m.uidnext },
		{ STATUS_UIDVALIDITY, "UIDVALIDITY", m.uidvalidity },
		{ STATUS_UNSEEN, "UNSEEN", m.unseen },
		{ STATUS_SIZE, "SIZE", m.size },
	};

	buf_lit(&b, "* STATUS ");
	reply_mailbox(&b, a->mailbox, false);
	buf_lit(&b, " (");
	for (size_t i = 0; i < NELEM(items); i++) {
		if (!(a->items & items[i].item))
			continue;
		buf_printf(&b, "%s%s %ju", space, items[i].name,
		    (uintmax_t)items[i].value);
		space = " ";
	}
	buf_lit(&b, ")\r\n");
	imap_say(s, &b);
	return OK("Counted");
}
