/*
 * cmd_store.c - STORE: changing flags, and saying what they are now.
 */
#include "imap/imap_int.h"
#include "mail/change.h"
#include "mail/search.h"

_Static_assert((int)SYS_SEEN == (int)FLAG_seen &&
    (int)SYS_ANSWERED == (int)FLAG_answered &&
    (int)SYS_FLAGGED == (int)FLAG_flagged &&
    (int)SYS_DELETED == (int)FLAG_deleted &&
    (int)SYS_DRAFT == (int)FLAG_draft,
    "flags are the same bits in the grammar and in store");
_Static_assert((int)STORE_SET == (int)FLAGS_SET &&
    (int)STORE_ADD == (int)FLAGS_ADD &&
    (int)STORE_REMOVE == (int)FLAGS_REMOVE, "the same modes");

enum { WRITE_AT = 32768,	/* octets of rows before they are written */
	REFUSED_MAX = 8 << 20,	/* octets of pairs of UIDs */
	MODIFIED_MAX = 512 << 10 }; /* of MODIFIED */

struct storing {
	struct imap_session *s;
	bool by_uid, silent;
	struct buf out;
};

static int
put_stored(void *arg, const struct fetch_row *row)
{
	struct storing *to = arg;

	bool modseq = (to->s->enabled & ENABLED_CONDSTORE) != 0;
	struct buf *b = &to->out;

	if (to->silent && !modseq)
		return 0;
	if (!to->silent)
		imap_tell_keywords(to->s, b, row->keywords);
	/* RFC 3501 6.4.8: UID commands name the UID; RFC 7162 3.2.4. */
	imap_put_fetch(to->s, b, row->seq, row->uid, to->by_uid || modseq);
	if (modseq) {
		imap_put_space(b);
		imap_put_modseq(b, row->modseq);
	}
	if (!to->silent) {
		imap_put_space(b);
		buf_lit(b, "FLAGS ");
		reply_flags(b, row->flags |
		    imap_recent_flag(to->s, row->uid), row->keywords);
	}
	buf_lit(b, ")\r\n");
	if (to->out.n > WRITE_AT)
		imap_write_out(to->s, &to->out);
	return stream_failed(to->s->d.stream);
}

/* MODIFIED, with the messages that had changed.           RFC 7162 3.1.3 */
static struct answer
stored(struct imap_session *s, bool by_uid, struct str refused)
{
	const struct condition c = { .kind = COND_UID, .set = refused };
	struct search_result found = { 0 };
	auto_buf code = BUF_INIT(MODIFIED_MAX);
	struct seqset_out set = { .b = &code };
	struct answer a = OK("Stored");
	struct err err = { 0 };

	if (refused.n && search_mailbox(&s->view, &c, &found, &err) < 0)
		a = imap_fail(s, "store", &err);
	buf_lit(&code, "MODIFIED ");
	for (size_t i = 0; i < found.runs.n; i++) {
		const struct search_run *run = &found.runs.p[i];
		uint32_t first = by_uid ? run->uid : run->seq;

		seqset_out_range(&set, first, first + run->n - 1);
	}
	seqset_out_end(&set);
	if (found.n && buf_failed(&code))
		a = NO_CODE("LIMIT", "Too many messages had changed to name");
	else if (found.n)
		a = (struct answer){ ANSWER_OK, str_dup(s->cmd,
		    buf_get(&code)), STR("Some messages had changed") };
	search_result_free(&found);
	return a;
}

/* STORE set [(UNCHANGEDSINCE modseq)] item value
 *                                         RFC 3501 6.4.6, RFC 7162 3.1.3 */
struct answer
imap_store(struct imap_session *s, const struct imap_command *c)
{
	const struct store_args *sa = &c->args.store;
	auto_buf refused = BUF_INIT(REFUSED_MAX);
	const struct flag_change change = { .mode = sa->mode,
		.flags = sa->flags.system,
		.keywords = flag_list_keywords(s->cmd, &sa->flags),
		.unchanged_since = sa->unchanged_since, .refused = &refused,
		.silent = sa->silent };
	struct storing to = { s, (c->row->flags & ROW_UID) != 0, sa->silent,
		BUF_INIT(IMAP_OUT_MAX) };
	struct seqset set = sa->set;
	struct selection messages;
	struct err err = { 0 };
	struct answer a;
	uint32_t lowest;
	int e;

	if (s->read_only)
		return NO_CODE("NOPERM", "The mailbox is open read-only");
	a = imap_choose(s, &set, to.by_uid, &messages);
	if (a.kind != ANSWER_NONE)
		return a;
	if (imap_limit(s, &messages, NULL, &lowest, &err) < 0)
		return imap_fail(s, "store", &err);
	if (sa->unchanged_since != NO_MODSEQ)
		imap_condstore(s);
	e = change_flags(&s->view, messages, &change, put_stored, &to, &err);
	imap_write_out(s, &to.out);
	buf_free(&to.out);
	if (e < 0)
		return imap_fail(s, "store", &err);
	return imap_limited(s, lowest, stored(s, to.by_uid,
	    buf_get(&refused)));
}
