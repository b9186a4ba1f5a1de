/*
 * cmd_replace.c - REPLACE: a message takes the place of another.   RFC 8508
 */
#include "imap/imap_int.h"
#include "mail/rows.h"

/* The UID of the only message of this selection: 1, 0 if there is none, or
 * E_*. */
static int
uid_of(struct imap_session *s, struct selection one, uint32_t *uid,
    struct err *err)
{
	const struct rows_ask ask = { .messages = one };
	struct rows *rows = rows_open(&s->view, &ask);
	struct fetch_row row;
	bool flagged;
	int e = rows_next(rows, &row, &flagged, err);

	if (e > 0)
		*uid = row.uid;
	rows_close(rows);
	/* What is heard now is said before anything is replaced. */
	s->view.heard = 0;
	return e;
}

/* REPLACE number mailbox [(flags)] [date-time] {n}            RFC 8508 3.2 */
struct answer
imap_replace(struct imap_session *s, const struct imap_command *c)
{
	const struct replace_args *ra = &c->args.replace;
	struct seqset one = ra->one;
	struct selection message;
	struct err err = { 0 };
	struct answer a;
	uint32_t uid;
	int e;

	if (s->read_only)
		return imap_refuse_message(s, NO_CODE("NOPERM",
		    "The mailbox is open read-only"));
	a = imap_choose(s, &one, c->row->flags & ROW_UID, &message);
	if (a.kind != ANSWER_NONE)
		return imap_refuse_message(s, a);
	e = uid_of(s, message, &uid, &err);
	if (e <= 0)
		return imap_refuse_message(s, e < 0 ?
		    imap_fail(s, "replace", &err) :
		    NO_CODE("NONEXISTENT", "There is no such message"));
	a = imap_take_in(s, c->tag, &ra->by, uid);
	if (a.kind != ANSWER_OK)
		return a;
	/* 4.3: before EXPUNGE, which comes with the update. */
	imap_say_answer(s, STR_NULL, &a);
	return OK("Replaced");
}
