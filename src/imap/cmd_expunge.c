#include "imap/imap_int.h"

/* One page of UIDs, or (empty) all that is \Deleted: in slices. The session
 * hears of it by the update before the answer. */
static int
expunge_page(struct imap_session *s, struct str uids, struct err *err)
{
	struct expunge_ask ask = {
		.mailbox = s->view.mailbox,
		.arrivals = s->view.arrivals,
		.expunges = s->view.expunges,
		.set = uids,
	};
	struct expunge_answer a = { .more = 1 };
	int e = 0;

	while (a.more && e >= 0) {
		ask.change = store_change_id(s->store);
		e = store_call(s->store, STORE_expunge, &ask, &a, s->cmd, err);
	}
	return e;
}

/* EXPUNGE                                                 RFC 3501 6.4.3 */
struct answer
imap_expunge(struct imap_session *s, const struct imap_command *c unused_arg)
{
	struct err err = { 0 };

	if (s->read_only)
		return NO_CODE("NOPERM", "The mailbox is open read-only");
	if (expunge_page(s, STR_NULL, &err) < 0)
		return imap_fail(s, "expunge", &err);
	return OK("Expunged");
}

/* UID EXPUNGE uids                                        RFC 4315 2.1 */
struct answer
imap_uid_expunge(struct imap_session *s, const struct imap_command *c)
{
	struct seqset uids = c->args.uids;
	struct selection sel;
	struct err err = { 0 };
	struct str page;
	struct answer a;

	if (s->read_only)
		return NO_CODE("NOPERM", "The mailbox is open read-only");
	a = imap_select_set(s, &uids, true, &sel);
	if (a.kind != ANSWER_NONE)
		return a;
	while (selection_next(&sel, &page)) {
		if (expunge_page(s, page, &err) < 0)
			return imap_fail(s, "expunge", &err);
	}
	return OK("Expunged");
}
