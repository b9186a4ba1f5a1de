/*
 * read.c - what sessions read of mailboxes: their names and counters, and the
 * octets of a message.
 */
#include "store/engine/engine_int.h"
#include "store/engine/view.h"

enum { ROWS_MAX = 180000, MAILBOXES_A_PAGE = 200, CHECK_MAX = 4 << 20 };

/* FIELDS_mailbox_counters, of statements that give all of them. */
#define COUNTERS_OF(q, s)                                                 \
	sql_u32(q, s, uidvalidity), sql_u32(q, s, uidnext),               \
	    sql_u32(q, s, messages), sql_u32(q, s, unseen),               \
	    sql_u32(q, s, deleted), sql_u64(q, s, size),                  \
	    sql_u64(q, s, modseq), sql_u32(q, s, recent)

static struct str
mailbox_name(struct str name)
{
	return str_eqi(name, STR("INBOX")) ? STR("INBOX") : name;
}

/* Is there anything of others that it may have rights to? */
static int
has_others(struct reader *r, const struct caller *c, uint8_t *has,
    struct err *err)
{
	uint64_t any = 0;
	int rc = 0;

	if (__atomic_load_n(&r->e->shares, __ATOMIC_RELAXED))
		rc = sql_number(&r->q, SQL_acl_any_to, SQL_VALS(
		    vi(c->account)), &any, err);
	*has = (uint8_t)any;
	return rc;
}

int
read_mailboxes(struct reader *r, const struct caller *c,
    const struct mailboxes_ask *ask, union store_answer *answer,
    struct err *err)
{
	enum sql_statement s = SQL_mailbox_list;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(c->account),
	    vs(ask->after), vi(MAILBOXES_A_PAGE)), err);
	int n = 0;

	for (; rc > 0 && r->rows.n < ROWS_MAX; n++) {
		msg_put(&r->rows, &mailbox_row_shape, &(struct mailbox_row){
		    sql_u64(&r->q, mailbox_list, mailbox),
		    sql_str(&r->q, mailbox_list, name),
		    sql_u32(&r->q, mailbox_list, special),
		    (uint8_t)sql_u32(&r->q, mailbox_list, subscribed),
		    COUNTERS_OF(&r->q, mailbox_list), RIGHTS_all });
		rc = sql_next(&r->q, s, err);
	}
	answer->mailboxes.more = rc > 0 || n == MAILBOXES_A_PAGE;
	if (rc > 0)
		sql_end(&r->q, s);
	answer->mailboxes.rows = buf_get(&r->rows);
	if (rc == 0 && ask->after.n == 0)
		rc = has_others(r, c, &answer->mailboxes.others, err);
	return rc < 0 ? rc : 0;
}

static int
find_mailbox(struct reader *r, const struct caller *c, struct str name,
    struct status_answer *out, struct err *err)
{
	enum sql_statement s = SQL_mailbox_find;
	int rc = sql_first(&r->q, s, SQL_VALS(vi(c->account),
	    vs(mailbox_name(name))), err);

	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such mailbox");
	if (rc < 0)
		return rc;
	*out = (struct status_answer){ sql_u64(&r->q, mailbox_find, mailbox),
		COUNTERS_OF(&r->q, mailbox_find) };
	sql_end(&r->q, s);
	return 0;
}

int
read_status(struct reader *r, const struct caller *c,
    const struct status_ask *ask, union store_answer *answer, struct err *err)
{
	struct status_answer *out = &answer->status;
	struct column *col;
	uint64_t there;
	int rc = find_mailbox(r, c, ask->name, out, err);

	there = out->mailbox;
	out->mailbox = caller_number(c, there);
	if (rc < 0 || (!ask->deleted_size && !caller_reader(c)))
		return rc;
	rc = columns_get_as(r->e->columns, &r->q, c->account, there,
	    caller_reader(c), &col, err);
	if (rc < 0)
		return rc;
	pthread_rwlock_rdlock(&col->lock);
	for (size_t i = 0; i < col->live.n; i++)
		if (col->live.p[i].flags & FLAG_deleted)
			out->deleted_size += col->live.p[i].size;
	if (caller_reader(c))
		out->unseen = column_unseen(col);
	pthread_rwlock_unlock(&col->lock);
	columns_put(r->e->columns, col);
	if (caller_reader(c))
		out->recent = 0;	/* that is for the owner: recent.c */
	return 0;
}

static int
read_account_quota(struct reader *r, uint64_t account,
    struct quota_answer *out, struct err *err)
{
	int rc = sql_first(&r->q, SQL_account_get, SQL_VALS(vi(account)), err);

	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such account");
	if (rc < 0)
		return rc;
	out->octets = sql_u64(&r->q, account_get, used);
	out->most_octets = engine_quota(r->e, sql_u64(&r->q, account_get,
	    quota));
	out->messages = sql_u64(&r->q, account_get, messages);
	out->most_messages = sql_u64(&r->q, account_get, most_messages);
	out->most_mailboxes = sql_u64(&r->q, account_get, most_mailboxes);
	if (out->most_mailboxes == 0 || out->most_mailboxes > MAILBOXES_MAX)
		out->most_mailboxes = MAILBOXES_MAX;
	sql_end(&r->q, SQL_account_get);
	return 0;
}

/* What others of the domain have is nobody's to know: RFC 9425 8. */
int
read_quota(struct reader *r, const struct caller *c,
    const struct quota_ask *ask unused_arg, union store_answer *answer,
    struct err *err)
{
	struct quota_answer *out = &answer->quota;
	int rc = read_account_quota(r, c->account, out, err);

	return rc < 0 ? rc : sql_number(&r->q, SQL_mailbox_count,
	    SQL_VALS(vi(c->account)), &out->mailboxes, err);
}

static void
open_column(struct reader *r, const struct column *c, struct open_answer *out)
{
	struct buf words = BUF_INIT(16384);
	size_t i;

	for (i = 1; i < c->keywords.n; i++) {
		const struct keyword *k = &c->keywords.p[i];

		if (k->sets == 0 || words.n + k->word.n + 1 > words.cap)
			continue;
		if (words.n)
			buf_chr(&words, ' ');
		buf_str(&words, k->word);
	}
	out->keywords = str_dup(r->arena, buf_get(&words));
	buf_free(&words);
	out->uidvalidity = c->uidvalidity;
	out->uidnext = c->uidnext;
	out->exists = (uint32_t)c->live.n;
	out->modseq = c->modseq;
	out->forgotten = c->forgotten;
	out->recent_from = c->recent_from;
	for (i = 0; i < c->live.n; i++)
		if (!(c->live.p[i].flags & FLAG_seen))
			break;
	out->first_unseen = i < c->live.n ? (uint32_t)i + 1 : 0;
}

int
read_open(struct reader *r, const struct caller *c,
    const struct open_ask *ask, union store_answer *answer, struct err *err)
{
	struct status_answer found;
	struct column *col;
	int rc = find_mailbox(r, c, ask->name, &found, err);

	if (rc == 0)
		rc = columns_get_as(r->e->columns, &r->q, c->account,
		    found.mailbox, caller_reader(c), &col, err);
	if (rc < 0)
		return rc;
	answer->open.mailbox = caller_number(c, found.mailbox);
	answer->open.rights = caller_rights(c);
	answer->open.highest = found.modseq;
	pthread_rwlock_rdlock(&col->lock);
	open_column(r, col, &answer->open);
	pthread_rwlock_unlock(&col->lock);
	columns_put(r->e->columns, col);
	if (caller_reader(c))
		answer->open.recent_from = answer->open.uidnext;
	return 0;
}

/* A reader of somebody else's has what is in the mailbox now, and nothing that
 * was there before he had a right to it, or will be elsewhere. */
static int
is_there(struct reader *r, const struct caller *c,
    const struct content_ask *ask, struct err *err)
{
	uint64_t is;
	int rc = sql_number(&r->q, SQL_content_is_there, SQL_VALS(
	    vi(c->account), vi(ask->mailbox), vi(ask->email), vi(ask->uid)),
	    &is, err);

	return rc < 0 || is ? rc : err_set(err, E_NOTFOUND,
	    "the message is gone");
}

/* Which blob, and the fields that are in front of it for this mailbox. */
static int
find_content(struct reader *r, uint64_t account,
    const struct content_ask *ask, uint64_t *blob, struct str *prefix,
    struct err *err)
{
	/* Both give the same columns. */
	enum sql_statement s = ask->email ? SQL_email_content
					  : SQL_placement_content;
	int rc;

	rc = ask->email ? sql_first(&r->q, s, SQL_VALS(vi(account),
	    vi(ask->email)), err) : sql_first(&r->q, s, SQL_VALS(
	    vi(account), vi(ask->mailbox), vi(ask->uid)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "the message is gone");
	if (rc < 0)
		return rc;
	*blob = sql_column_u64(&r->q, s, SQL_COLUMN(email_content, blob));
	*prefix = str_dup(r->arena, sql_column_str(&r->q, s,
	    SQL_COLUMN(email_content, prefix)));
	sql_end(&r->q, s);
	return 0;
}

static int
content_at(struct reader *r, const struct content_ask *ask,
    const struct place *at, struct content_answer *out, struct err *err)
{
	int rc;

	out->total = at->length;
	if (ask->want & WANT_CHECK)
		rc = packs_check_part(r->e->packs, at, ask->offset,
		    ask->len < CHECK_MAX ? ask->len : CHECK_MAX,
		    &out->checked, err);
	else
		rc = blob_octets(r, at, ask->offset, ask->len, &out->octets,
		    err);
	return rc < 0 ? rc : blob_front(r, at, out->prefix, &out->prefix, err);
}

int
content_octets(struct reader *r, uint64_t account,
    const struct content_ask *ask, struct content_answer *out,
    struct err *err)
{
	struct place at = { 0 };
	uint64_t blob = 0;
	int rc = find_content(r, account, ask, &blob, &out->prefix, err);

	if (rc < 0)
		return rc;
	rc = place_get(&r->q, blob, &at, err);
	if (rc == 0)
		rc = content_at(r, ask, &at, out, err);
	if (rc == E_DAMAGED && blob_moved(&r->q, &at))
		rc = content_at(r, ask, &at, out, err);
	if (rc == 0 && ask->want & WANT_FACTS)
		blob_facts(r, &at, &out->facts);
	return blob_damaged(r, blob, rc, err);
}

int
read_content(struct reader *r, const struct caller *c,
    const struct content_ask *ask, union store_answer *answer, struct err *err)
{
	int rc = caller_reader(c) ? is_there(r, c, ask, err) : 0;

	return rc < 0 ? rc : content_octets(r, c->account, ask,
	    &answer->content, err);
}
