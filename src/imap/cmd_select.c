/*
 * cmd_select.c - SELECT and EXAMINE.
 */
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

/* FLAGS, and what may be changed for good.              RFC 3501 7.2.6 */
static void
put_flags(struct imap_session *s, struct buf *b, struct str keywords)
{
	const uint32_t all = SYS_SEEN | SYS_ANSWERED | SYS_FLAGGED |
	    SYS_DELETED | SYS_DRAFT;

	buf_lit(b, "* FLAGS ");
	reply_flags(b, all, keywords);
	buf_lit(b, "\r\n* OK [PERMANENTFLAGS ");
	/* "\*": new keywords may be made. */
	if (s->read_only)
		buf_lit(b, "()");
	else if (keywords.n)
		reply_flags(b, all, arena_printf(s->cmd, "%.*s \\*",
		    STR_FMT(keywords)));
	else
		reply_flags(b, all, STR("\\*"));
	buf_lit(b, "] Flags that stay\r\n");
}

/* In the order of the example of 6.3.1. */
static void
put_mailbox(struct imap_session *s, const struct open_answer *m)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);

	buf_printf(&b, "* %u EXISTS\r\n* 0 RECENT\r\n", m->exists);
	if (m->first_unseen)
		buf_printf(&b, "* OK [UNSEEN %u] The first unread one\r\n",
		    m->first_unseen);
	buf_printf(&b, "* OK [UIDVALIDITY %u] UIDs are valid\r\n"
	    "* OK [UIDNEXT %u] The next UID\r\n", m->uidvalidity, m->uidnext);
	put_flags(s, &b, m->keywords);
	imap_say(s, &b);
}

static struct answer
open_mailbox(struct imap_session *s, const struct imap_command *c,
    bool read_only)
{
	struct open_answer m;
	struct err err = { 0 };

	/* RFC 3501 6.3.1: the one before is left, even if this fails. */
	imap_deselect(s);
	if (c->args.select.condstore || c->args.select.qresync)
		return BAD("No such parameter");
	if (mailbox_open(&s->account, c->args.select.mailbox, &s->view, &m,
	    s->cmd, &err) < 0)
		return imap_fail(s, "select", &err);
	s->read_only = read_only;
	s->state = STATE_SELECTED;
	put_mailbox(s, &m);
	if (read_only)
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
