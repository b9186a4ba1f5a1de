/*
 * cmd_store.c - STORE: changing flags, and saying what they are now.
 */
#include "imap/imap_int.h"
#include "mail/change.h"

_Static_assert((int)SYS_SEEN == (int)FLAG_seen &&
    (int)SYS_ANSWERED == (int)FLAG_answered &&
    (int)SYS_FLAGGED == (int)FLAG_flagged &&
    (int)SYS_DELETED == (int)FLAG_deleted &&
    (int)SYS_DRAFT == (int)FLAG_draft,
    "flags are the same bits in the grammar and in store");
_Static_assert((int)STORE_SET == (int)FLAGS_SET &&
    (int)STORE_ADD == (int)FLAGS_ADD &&
    (int)STORE_REMOVE == (int)FLAGS_REMOVE, "the same modes");

enum { WRITE_AT = 32768 };	/* octets of rows before they are written */

struct storing {
	struct imap_session *s;
	bool by_uid, silent;
	struct buf out;
};

static int
put_stored(void *arg, const struct fetch_row *row)
{
	struct storing *to = arg;

	if (!to->silent) {
		imap_tell_keywords(to->s, &to->out, row->keywords);
		buf_printf(&to->out, "* %u FETCH (", row->seq);
		/* RFC 3501 6.4.8: UID commands name the UID. */
		if (to->by_uid)
			buf_printf(&to->out, "UID %u ", row->uid);
		buf_lit(&to->out, "FLAGS ");
		reply_flags(&to->out, row->flags |
		    imap_recent_flag(to->s, row->uid), row->keywords);
		buf_lit(&to->out, ")\r\n");
	}
	if (to->out.n > WRITE_AT)
		imap_write_out(to->s, &to->out);
	return stream_failed(to->s->d.stream);
}

/* STORE set item value                                    RFC 3501 6.4.6 */
struct answer
imap_store(struct imap_session *s, const struct imap_command *c)
{
	const struct store_args *sa = &c->args.store;
	const struct flag_change change = { sa->mode, sa->flags.system,
		flag_list_keywords(s->cmd, &sa->flags), sa->silent };
	struct storing to = { s, (c->row->flags & ROW_UID) != 0, sa->silent,
		BUF_INIT(IMAP_OUT_MAX) };
	struct seqset set = sa->set;
	struct selection messages;
	struct err err = { 0 };
	struct answer a;
	int e;

	if (s->read_only)
		return NO_CODE("NOPERM", "The mailbox is open read-only");
	if (sa->unchanged_since != NO_MODSEQ)
		return BAD("No such modifier");
	a = imap_choose(s, &set, to.by_uid, &messages);
	if (a.kind != ANSWER_NONE)
		return a;
	e = change_flags(&s->view, messages, &change, put_stored, &to, &err);
	imap_write_out(s, &to.out);
	buf_free(&to.out);
	return e < 0 ? imap_fail(s, "store", &err) : OK("Stored");
}
