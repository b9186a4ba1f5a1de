/*
 * cmd_copy.c - COPY, and what it shares with MOVE.
 */
#include "imap/imap_int.h"
#include "mail/change.h"

void
imap_put_uids(struct buf *b, struct str pairs)
{
	struct seqset_out o = { .b = b };
	struct rd r = rd_of(pairs);

	while (rd_left(&r) > 0) {
		uint32_t lo = rd_le32(&r);

		seqset_out_range(&o, lo, rd_le32(&r));
	}
	seqset_out_end(&o);
}

/* resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set  RFC 4315 4 */
struct str
imap_copyuid(struct imap_session *s, const struct copied *done)
{
	auto_buf b = BUF_INIT(COPYUID_MAX);

	if (done->from.n == 0)
		return STR_NULL;
	imap_made_here(s, done->uidvalidity, buf_get(&done->to));
	buf_printf(&b, "COPYUID %u ", done->uidvalidity);
	imap_put_uids(&b, buf_get(&done->from));
	buf_chr(&b, ' ');
	imap_put_uids(&b, buf_get(&done->to));
	return buf_failed(&b) ? STR_NULL : str_dup(s->cmd, buf_get(&b));
}

struct answer
imap_copy_failed(struct imap_session *s, const char *what,
    const struct err *err)
{
	/* RFC 3501 6.4.7 */
	if (err->code == E_NOTFOUND)
		return NO_CODE("TRYCREATE", "There is no such mailbox");
	/* RFC 5530: nobody can read them any more. */
	if (err->code == E_STALE)
		return NO_CODE("EXPUNGEISSUED", "Some messages have gone");
	return imap_fail(s, what, err);
}

/* COPY set mailbox                                        RFC 3501 6.4.7 */
struct answer
imap_copy(struct imap_session *s, const struct imap_command *c)
{
	const struct copy_args *ca = &c->args.copy;
	struct seqset set = ca->set;
	struct selection messages;
	struct err err = { 0 };
	struct progress p;
	struct copied done;
	struct answer a;
	uint32_t lowest;
	int e;

	if (!ca->mailbox.p)
		return NO_CODE("CANNOT", "No mailbox can have this name");
	a = imap_choose(s, &set, c->row->flags & ROW_UID, &messages);
	if (a.kind != ANSWER_NONE)
		return a;
	if (imap_limit(s, &messages, NULL, &lowest, &err) < 0)
		return imap_fail(s, "copy", &err);
	if (lowest)	/* RFC 9738 3.1: all of them, or none */
		return imap_over_limit(s, lowest);
	imap_progress_begin(&p, s, c->tag);
	e = change_copy(&s->view, messages, ca->mailbox, &done, &err);
	imap_progress_end(&p);
	if (e < 0) {
		a = imap_copy_failed(s, "copy", &err);
	} else {
		a = OK("Copied");
		a.code = imap_copyuid(s, &done);
	}
	copied_free(&done);
	return a;
}
