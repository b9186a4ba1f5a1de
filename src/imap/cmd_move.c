/*
 * cmd_move.c - MOVE.                                      RFC 6851
 */
#include "imap/imap_int.h"
#include "mail/change.h"

/* MOVE set mailbox                                        RFC 9051 6.4.8 */
struct answer
imap_move(struct imap_session *s, const struct imap_command *c)
{
	const struct copy_args *ca = &c->args.copy;
	struct seqset set = ca->set;
	struct selection messages;
	struct err err = { 0 };
	struct progress p;
	struct copied done;
	struct answer a;
	struct str moved;
	uint32_t lowest;
	int e;

	if (s->read_only)
		return NO_CODE("NOPERM", "The mailbox is open read-only");
	if (!ca->mailbox.p)
		return NO_CODE("CANNOT", "No mailbox can have this name");
	a = imap_choose(s, &set, c->row->flags & ROW_UID, &messages);
	if (a.kind != ANSWER_NONE)
		return a;
	if (imap_limit(s, &messages, NULL, &lowest, &err) < 0)
		return imap_fail(s, "move", &err);
	imap_progress_begin(&p, s, c->tag);
	e = change_move(&s->view, messages, ca->mailbox, &done, &err);
	imap_progress_end(&p);
	/* RFC 6851 4.3: before EXPUNGE, which comes with the update. What has
	 * moved is told also if not all has. */
	moved = imap_copyuid(s, &done);
	if (moved.n) {
		const struct answer ok = { ANSWER_OK, moved, STR("Moved") };

		imap_say_answer(s, STR_NULL, &ok);
	}
	copied_free(&done);
	if (e < 0)
		return imap_copy_failed(s, "move", &err);
	a = done.gone ? NO_CODE("EXPUNGEISSUED", "Some messages had gone") :
	    OK("Moved");
	return imap_limited(s, lowest, a);
}
