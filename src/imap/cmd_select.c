/*
 * cmd_select.c - SELECT and EXAMINE.
 */
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

/* In the order of the example of 6.3.1. */
static void
put_mailbox(struct imap_session *s, const struct open_answer *m)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);

	bool rev2 = (s->enabled & ENABLED_REV2) != 0;

	buf_printf(&b, "* %u EXISTS\r\n", m->exists);
	if (!rev2)			/* RFC 9051 E 11, 12 */
		buf_printf(&b, "* %u RECENT\r\n", s->nrecent);
	if (!rev2 && !imap_uids_only(s) && m->first_unseen)
		buf_printf(&b, "* OK [UNSEEN %u] The first unread one\r\n",
		    m->first_unseen);
	buf_printf(&b, "* OK [UIDVALIDITY %u] UIDs are valid\r\n"
	    "* OK [UIDNEXT %u] The next UID\r\n", m->uidvalidity, m->uidnext);
	buf_printf(&b, "* OK [HIGHESTMODSEQ %llu] What changes gets a higher "
	    "one\r\n", (unsigned long long)m->highest);
	buf_printf(&b, "* OK [MAILBOXID (F%ju)] Whatever it is called\r\n",
	    (uintmax_t)m->mailbox);		/* RFC 8474 4.2 */
	buf_lit(&b, "* OK [URLMECH INTERNAL] What signs URLs\r\n");
						/* RFC 4467 8 */
	(void)imap_learn_keywords(s, m->keywords);
	imap_put_flags(s, &b);
	imap_say(s, &b);
}

static struct answer
open_mailbox(struct imap_session *s, const struct imap_command *c,
    bool read_only)
{
	const struct select_args *a = &c->args.select;
	struct open_answer m;
	struct err err = { 0 };

	if (a->qresync && !(s->enabled & ENABLED_QRESYNC))
		return BAD("Enable QRESYNC first");	/* RFC 7162 3.2.5 */
	if (imap_uids_only(s) && a->seq_match.n)
		return UID_REQUIRED;
	/* RFC 3501 6.3.1: the one before is left, even if this fails. */
	if (s->state == STATE_SELECTED)		/* RFC 7162 3.2.11 */
		(void)stream_printf(s->d.stream,
		    "* OK [CLOSED] The mailbox before is left\r\n");
	imap_deselect(s);
	if (a->condstore)
		imap_condstore(s);
	if (mailbox_open(&s->account, a->mailbox, &s->view, &m, s->cmd,
	    &err) < 0)
		return imap_fail(s, "select", &err);
	/* RFC 4314 5.2: with none of these rights nothing changes for others,
	 * and s is still for one's own \Seen. */
	s->read_only = read_only || !(m.rights & (RIGHT_i | RIGHT_e |
	    RIGHT_s | RIGHT_t | RIGHT_w));
	s->rights = m.rights;
	s->uidvalidity = m.uidvalidity;
	if (imap_recent_begin(s, &m, &err) < 0) {
		imap_deselect(s);
		return imap_fail(s, "select", &err);
	}
	s->state = STATE_SELECTED;
	put_mailbox(s, &m);
	/* RFC 9051 6.3.2 */
	if (s->enabled & ENABLED_REV2 && imap_say_listed(s, a->mailbox,
	    c->as_sent[0], &err) < 0) {
		imap_deselect(s);
		return imap_fail(s, "select", &err);
	}
	if (a->qresync && imap_resync(s, a, &m, &err) < 0) {
		imap_deselect(s);
		return imap_fail(s, "resync", &err);
	}
	if (read_only || !(m.rights & (RIGHT_i | RIGHT_e | RIGHT_t | RIGHT_w)))
		return OK_CODE("READ-ONLY", "Only to look at");
	return OK_CODE("READ-WRITE", "Selected");
}

/* SELECT mailbox                                          RFC 3501 6.3.1 */
struct answer
imap_select(struct imap_session *s, const struct imap_command *c)
{
	return open_mailbox(s, c, false);
}

/* EXAMINE mailbox                                         RFC 3501 6.3.2 */
struct answer
imap_examine(struct imap_session *s, const struct imap_command *c)
{
	return open_mailbox(s, c, true);
}
