/*
 * cmd_expunge.c - EXPUNGE and UID EXPUNGE.
 */
#include "imap/imap_int.h"
#include "mail/change.h"
#include "store/search.h"

/* The session hears of it by the update before the answer. */
static struct answer
expunge_these(struct imap_session *s, const struct selection *uids)
{
	struct err err = { 0 };

	if (change_expunge(&s->view, uids, &err) < 0)
		return imap_fail(s, "expunge", &err);
	if (!(s->enabled & ENABLED_QRESYNC))
		return OK("Expunged");
	/* RFC 7162 3.2.7: the modseq of what is told comes with the answer. */
	if (imap_update(s, true, &err) < 0)
		return imap_fail(s, "expunge", &err);
	return (struct answer){ ANSWER_OK, arena_printf(s->cmd,
	    "HIGHESTMODSEQ %llu", (unsigned long long)s->view.at.expunges),
		STR("Expunged") };
}

/* EXPUNGE                                                 RFC 3501 6.4.3 */
struct answer
imap_expunge(struct imap_session *s, const struct imap_command *c unused_arg)
{
	if (s->read_only)
		return NO_CODE("NOPERM", "The mailbox is open read-only");
	return expunge_these(s, NULL);
}

/* UID EXPUNGE uids                                        RFC 4315 2.1 */
struct answer
imap_uid_expunge(struct imap_session *s, const struct imap_command *c)
{
	struct seqset set = c->args.uids;
	struct condition deleted = { .kind = COND_FLAG,
		.low = FLAG_deleted };
	struct selection uids;
	struct err err = { 0 };
	struct answer a;
	uint32_t lowest;

	if (s->read_only)
		return NO_CODE("NOPERM", "The mailbox is open read-only");
	a = imap_choose(s, &set, true, &uids);
	if (a.kind != ANSWER_NONE)
		return a;
	if (imap_limit(s, &uids, &deleted, &lowest, &err) < 0)
		return imap_fail(s, "expunge", &err);
	return imap_limited(s, lowest, expunge_these(s, &uids));
}
