#include "store/disk/salvage.h"
#include "store/upkeep/upkeep_int.h"

/*
 * Recount everything, in slices. The cursor is a phase and where it stands:
 * "t<n>" for the tables as SQLite checks them, "r<blob>" for references to
 * blobs, "a<account>" for accounts, "b<blob>" for the octets of blobs; empty at
 * first and at the end. Each slice is one snapshot, so a busy store gives no
 * false alarm.
 *
 * What cannot be read is a problem like any other: the slices behind it are
 * looked at all the same.
 */

enum { BLOBS_OCTETS = 8 << 20, BLOBS_MAX = 2000, PROBLEMS_MAX = 180000,
	PROBLEM_MAX = 299,
	REFS_A_SLICE = 500000, BLOBS_A_PAGE = 100 };

struct verifying {
	struct reader *r;
	struct sql *q;
	struct verify_answer *out;
	struct err *err;
};

static void problem(struct verifying *v, const char *fmt, ...)
    printf_like(2, 3);

static void
problem(struct verifying *v, const char *fmt, ...)
{
	va_list ap;

	if (v->r->more.n > PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	upkeep_line(&v->r->more, PROBLEM_MAX, fmt, ap);
	va_end(ap);
}

/* A part of a slice could not be read: say so, and go on. */
static void
unread(struct verifying *v, int rc)
{
	if (rc < 0)
		problem(v, "%s", v->err->text);
}

#define ULL(s, c) ((unsigned long long)sql_u64(v->q, s, c))

/* ---- what belongs to nobody's account ---------------------------------- */

/* Each row of s is a problem; its first column says whose. */
static int
check_rows(struct verifying *v, enum sql_statement s, const char *what)
{
	int rc = sql_first(v->q, s, NULL, 0, v->err);

	while (rc > 0) {
		struct str a = sql_column_str(v->q, s, 0);

		problem(v, "%s: %.*s", what, STR_FMT(str_first(a, 200)));
		rc = sql_next(v->q, s, v->err);
	}
	return rc;
}

/* Both in order of blob: how often each is named, and how often its row says
 * it is. */
struct counts {
	uint64_t named, times, blob, refs;
	int more_named, more_blobs;
};

static void
take_counts(struct verifying *v, struct counts *c)
{
	c->named = c->more_named > 0 ? ULL(verify_named, blob) : UINT64_MAX;
	c->times = c->more_named > 0 ? ULL(verify_named, times) : 0;
	c->blob = c->more_blobs > 0 ? ULL(verify_refs, blob) : UINT64_MAX;
	c->refs = c->more_blobs > 0 ? ULL(verify_refs, refs) : 0;
}

static void
compare_counts(struct verifying *v, const struct counts *c)
{
	bool named = c->named <= c->blob, there = c->blob <= c->named;

	if (!there)
		problem(v, "blob %llu: missing, but named %llu times",
		    (unsigned long long)c->named,
		    (unsigned long long)c->times);
	else if (c->refs != (named ? c->times : 0))
		problem(v, "blob %llu: %llu references, counted %llu",
		    (unsigned long long)c->blob, (unsigned long long)c->refs,
		    named ? (unsigned long long)c->times : 0);
}

static int
check_counts(struct verifying *v, uint64_t after, uint64_t last)
{
	struct counts c = { 0 };
	bool named, there;

	c.more_named = sql_first(v->q, SQL_verify_named, SQL_VALS(vi(after),
	    vi(last)), v->err);
	c.more_blobs = sql_first(v->q, SQL_verify_refs, SQL_VALS(vi(after),
	    vi(last)), v->err);
	while (c.more_named > 0 || c.more_blobs > 0) {
		take_counts(v, &c);
		compare_counts(v, &c);
		named = c.named <= c.blob;
		there = c.blob <= c.named;
		if (named)
			c.more_named = sql_next(v->q, SQL_verify_named,
			    v->err);
		if (there)
			c.more_blobs = sql_next(v->q, SQL_verify_refs,
			    v->err);
	}
	return c.more_named < 0 || c.more_blobs < 0 ? E_IO : 0;
}

static int
check_packs(struct verifying *v)
{
	enum sql_statement s = SQL_verify_packs;
	int rc = sql_first(v->q, s, SQL_VALS(vi(RECORD_HEADER + RECORD_ALIGN
	    - 1), vi(RECORD_ALIGN)), v->err);

	while (rc > 0) {
		unsigned long long pack = ULL(verify_packs, pack);
		unsigned long long live = ULL(verify_packs, live);
		unsigned long long counted = ULL(verify_packs, counted);
		unsigned long long top = ULL(verify_packs, top);
		unsigned long long written = ULL(verify_packs, written);

		if (live != counted)
			problem(v, "pack %llu: %llu living octets, counted "
			    "%llu", pack, live, counted);
		if (top > written)
			problem(v, "pack %llu: a blob ends at %llu, behind "
			    "its end %llu", pack, top, written);
		rc = sql_next(v->q, s, v->err);
	}
	return rc;
}

/* The length of a queued message by its chunks. */
static int
check_queued(struct verifying *v)
{
	enum sql_statement s = SQL_verify_queued;
	struct err why = { 0 };
	uint64_t raw, size;
	struct place at;
	int rc = sql_first(v->q, s, NULL, 0, v->err);

	while (rc > 0) {
		at = PLACE_OF(v->q, verify_queued);
		size = ULL(verify_queued, size);
		if (packs_raw_size(v->r->e->packs, &at, &raw, &why) == 0 &&
		    raw + at.front != size)
			problem(v, "queued message %llu: its size is %llu, "
			    "its chunks have %llu", (unsigned long long)at.blob,
			    (unsigned long long)size,
			    (unsigned long long)(raw + at.front));
		rc = sql_next(v->q, s, v->err);
	}
	return rc;
}

static void
check_common(struct verifying *v)
{
	static const struct {
		enum sql_statement statement;
		const char *what;
	} checks[] = {
		{ SQL_verify_addresses,
		    "an address without its account or domain" },
		{ SQL_verify_aliases,
		    "an alias without its domain, or that an account is" },
		{ SQL_verify_domains,
		    "a domain with another number of accounts" },
		{ SQL_verify_domain_use,
		    "a domain with another use of its quota" },
		{ SQL_verify_queue, "a queued message without its blob" },
		{ SQL_verify_rcpts,
		    "a recipient in the queue without its message" },
		{ SQL_verify_unsent, "a queued message without recipients" },
		{ SQL_verify_later, "a message that would never leave" },
		{ SQL_verify_held,
		    "a held message without its blob or its recipient" },
		{ SQL_verify_rules, "a rule of nobody" },
		{ SQL_verify_ldap, "a mark of LDAP without its account" },
		{ SQL_verify_pam,
		    "a mark of PAM without its account, or beside LDAP's" },
		{ SQL_verify_removals, "a mailbox that was removed" },
		{ SQL_verify_subscriptions,
		    "a subscription without its account" },
		{ SQL_verify_metadata,
		    "metadata without its mailbox or its person" },
		{ SQL_verify_acl,
		    "rights of nobody, or to a mailbox that is none" },
		{ SQL_verify_seen, "what was seen of no message" },
		{ SQL_verify_url_keys,
		    "a key for URLs without its mailbox or its person" },
	};

	for (size_t i = 0; i < NELEM(checks); i++)
		unread(v, check_rows(v, checks[i].statement, checks[i].what));
	unread(v, check_queued(v));
	unread(v, check_packs(v));
}

/* What SQLite says of the n-th table and its indices, read from the disk: every
 * page in use, as it is used. A page of the file that the WAL stands for may be
 * torn after a loss of power, and nobody reads it. 1; 0: there is none. */
static int
check_table(struct verifying *v, uint64_t n)
{
	enum sql_statement s = SQL_table_check;
	struct str name, says;
	int rc;

	sql_forget_pages(v->q);
	rc = sql_first(v->q, SQL_table_name, SQL_VALS(vi(n)), v->err);
	if (rc <= 0)
		return rc;
	name = str_dup(v->r->arena, sql_column_str(v->q, SQL_table_name, 0));
	sql_end(v->q, SQL_table_name);
	rc = sql_first(v->q, s, SQL_VALS(vs(name)), v->err);
	while (rc > 0) {
		says = sql_column_str(v->q, s, 0);
		if (!str_eq(says, STR("ok")))
			problem(v, "table %.*s: %.*s", STR_FMT(name),
			    STR_FMT(str_first(says, 200)));
		rc = sql_next(v->q, s, v->err);
	}
	unread(v, rc);
	return 1;
}

/* ---- an account -------------------------------------------------------- */

struct mailbox_counts {
	uint64_t messages, unseen, deleted, size, recent, emails;
	uint64_t top_uid, modseq;
};

static int
count_mailbox(struct verifying *v, uint64_t account, uint64_t mailbox,
    uint64_t recent_from, struct mailbox_counts *c)
{
	enum sql_statement s = SQL_verify_mailbox;
	int rc = sql_first(v->q, s, SQL_VALS(vi(account), vi(mailbox),
	    vi(recent_from)), v->err);

	if (rc <= 0)
		return rc;
	*c = (struct mailbox_counts){ .messages = ULL(verify_mailbox, messages),
		.unseen = ULL(verify_mailbox, unseen),
		.deleted = ULL(verify_mailbox, deleted),
		.size = ULL(verify_mailbox, size),
		.recent = ULL(verify_mailbox, recent),
		.emails = ULL(verify_mailbox, emails) };
	sql_end(v->q, s);
	rc = sql_first(v->q, SQL_verify_tomb, SQL_VALS(vi(account),
	    vi(mailbox)), v->err);
	if (rc <= 0)
		return rc;
	c->top_uid = ULL(verify_tomb, top_uid);
	c->modseq = ULL(verify_tomb, modseq);
	sql_end(v->q, SQL_verify_tomb);
	return 0;
}

static void
differs(struct verifying *v, uint64_t account, uint64_t mailbox,
    const char *what, uint64_t is, uint64_t counted)
{
	if (is != counted)
		problem(v, "account %llu mailbox %llu: %s is %llu, counted "
		    "%llu", (unsigned long long)account,
		    (unsigned long long)mailbox, what, (unsigned long long)is,
		    (unsigned long long)counted);
}

static int
check_mailbox(struct verifying *v, uint64_t account,
    struct mailbox_counts *total)
{
	struct sql *q = v->q;
	uint64_t mailbox = sql_u64(q, verify_mailboxes, mailbox);
	uint64_t uidnext = sql_u64(q, verify_mailboxes, uidnext);
	uint64_t modseq = sql_u64(q, verify_mailboxes, modseq);
	uint64_t recent_from = sql_u64(q, verify_mailboxes, recent_from);
	struct mailbox_counts c = { 0 };
	int rc = count_mailbox(v, account, mailbox, recent_from, &c);

	if (rc < 0)
		return rc;
	differs(v, account, mailbox, "messages",
	    sql_u64(q, verify_mailboxes, messages), c.messages);
	differs(v, account, mailbox, "unseen",
	    sql_u64(q, verify_mailboxes, unseen), c.unseen);
	differs(v, account, mailbox, "deleted",
	    sql_u64(q, verify_mailboxes, deleted), c.deleted);
	differs(v, account, mailbox, "size",
	    sql_u64(q, verify_mailboxes, size), c.size);
	differs(v, account, mailbox, "recent",
	    sql_u64(q, verify_mailboxes, recent), c.recent);
	if (recent_from > uidnext)
		differs(v, account, mailbox, "recent_from", recent_from,
		    uidnext);
	differs(v, account, mailbox, "emails", c.messages, c.emails);
	if (c.top_uid >= uidnext)
		differs(v, account, mailbox, "uidnext", uidnext, c.top_uid);
	if (c.modseq > modseq)
		differs(v, account, mailbox, "modseq", modseq, c.modseq);
	total->messages += c.messages;
	total->size += c.size;
	if (c.modseq > total->modseq)
		total->modseq = c.modseq;
	return 0;
}

/* Its name, the mailbox above it, and a UIDVALIDITY of its own: they come in
 * order of that, the one before in *last. */
static int
check_identity(struct verifying *v, uint64_t account, uint64_t *last)
{
	unsigned long long mailbox = ULL(verify_mailboxes, mailbox);
	uint64_t uidvalidity = ULL(verify_mailboxes, uidvalidity);
	struct str name = sql_str(v->q, verify_mailboxes, name);
	struct str above = mailbox_name_above(name);
	const char *wrong = mailbox_name_is_wrong(name);
	int rc = 1;

	if (wrong)
		problem(v, "account %llu mailbox %llu: %s",
		    (unsigned long long)account, mailbox, wrong);
	if (uidvalidity == *last)
		problem(v, "account %llu mailbox %llu: its UIDVALIDITY is "
		    "another's", (unsigned long long)account, mailbox);
	*last = uidvalidity;
	if (above.n)
		rc = sql_first(v->q, SQL_mailbox_find, SQL_VALS(vi(account),
		    vs(above)), v->err);
	if (rc == 0)
		problem(v, "account %llu mailbox %llu: there is none above it",
		    (unsigned long long)account, mailbox);
	if (above.n && rc > 0)
		sql_end(v->q, SQL_mailbox_find);
	return rc < 0 ? rc : 0;
}

static int
check_emails(struct verifying *v, uint64_t account, uint64_t next_email)
{
	enum sql_statement s = SQL_verify_emails;
	uint64_t n;
	int rc = sql_first(v->q, s, SQL_VALS(vi(account), vi(next_email)),
	    v->err);

	while (rc > 0) {
		problem(v, "account %llu email %llu: its blob is missing or "
		    "its placements are miscounted",
		    (unsigned long long)account, ULL(verify_emails, email));
		rc = sql_next(v->q, s, v->err);
	}
	if (rc == 0)
		rc = sql_number(v->q, SQL_verify_dead, SQL_VALS(vi(account)),
		    &n, v->err);
	if (rc == 0 && n)
		differs(v, account, 0, "emails nobody frees", 0, n);
	if (rc == 0)
		rc = sql_number(v->q, SQL_verify_stray,
		    SQL_VALS(vi(account)), &n, v->err);
	if (rc == 0 && n)
		differs(v, account, 0, "placements in no mailbox", 0, n);
	if (rc == 0)
		rc = sql_number(v->q, SQL_verify_places,
		    SQL_VALS(vi(account)), &n, v->err);
	if (rc == 0 && n)
		differs(v, account, 0, "emails that are elsewhere", 0, n);
	return rc;
}

/* What is said of a message's length is what its chunks have. */
static int
check_sizes(struct verifying *v, uint64_t account)
{
	enum sql_statement s = SQL_verify_sizes;
	struct err why = { 0 };
	uint64_t raw, size, before;
	struct place at;
	int rc = sql_first(v->q, s, SQL_VALS(vi(account)), v->err);

	while (rc > 0) {
		at = PLACE_OF(v->q, verify_sizes);
		size = ULL(verify_sizes, size);
		before = ULL(verify_sizes, before) + at.front;
		if (packs_raw_size(v->r->e->packs, &at, &raw, &why) == 0 &&
		    raw + before != size)
			problem(v, "account %llu email %llu: its size is "
			    "%llu, its chunks have %llu",
			    (unsigned long long)account, ULL(verify_sizes,
			    email), (unsigned long long)size,
			    (unsigned long long)(raw + before));
		rc = sql_next(v->q, s, v->err);
	}
	return rc;
}

static int
check_account(struct verifying *v, uint64_t account)
{
	enum sql_statement s = SQL_account_get;
	struct mailbox_counts total = { 0 };
	uint64_t messages, used, modseq, next_email, given, last = 0;
	int rc = sql_first(v->q, s, SQL_VALS(vi(account)), v->err);

	if (rc <= 0)
		return rc;
	next_email = ULL(account_get, next_email);
	modseq = ULL(account_get, modseq);
	messages = ULL(account_get, messages);
	used = ULL(account_get, used);
	given = ULL(account_get, uidvalidity);
	sql_end(v->q, s);
	s = SQL_verify_mailboxes;
	rc = sql_first(v->q, s, SQL_VALS(vi(account)), v->err);
	while (rc > 0) {
		unread(v, check_mailbox(v, account, &total));
		unread(v, check_identity(v, account, &last));
		rc = sql_next(v->q, s, v->err);
	}
	unread(v, rc);
	differs(v, account, 0, "messages", messages, total.messages);
	differs(v, account, 0, "use of quota", used, total.size);
	if (total.modseq > modseq)
		differs(v, account, 0, "modseq", modseq, total.modseq);
	if (last > given)
		differs(v, account, 0, "UIDVALIDITY given", given, last);
	v->out->checked += total.messages;
	unread(v, check_sizes(v, account));
	return check_emails(v, account, next_email);
}

static int
next_account(struct verifying *v, uint64_t after, uint64_t *account)
{
	return sql_number(v->q, SQL_account_next, SQL_VALS(vi(after)),
	    account, v->err);
}

/* ---- blobs ------------------------------------------------------------- */

/* The places of a slice are read first: their octets without a snapshot. */
static int
some_blobs(struct verifying *v, uint64_t after, struct place *at, size_t *n)
{
	enum sql_statement s = SQL_verify_blobs;
	struct sql *q = v->q;
	int rc = sql_first(q, s, SQL_VALS(vi(after), vi(BLOBS_MAX)), v->err);
	uint64_t octets = 0;

	*n = 0;
	while (rc > 0 && octets < BLOBS_OCTETS) {
		at[*n] = PLACE_OF(q, verify_blobs);
		octets += place_octets(&at[(*n)++]);
		rc = sql_next(q, s, v->err);
	}
	if (rc > 0)
		sql_end(v->q, s);
	return rc < 0 ? rc : 0;
}

/* Gone meanwhile is no problem; a file that is gone is. */
static void
check_blob(struct verifying *v, struct place *at)
{
	struct packs *packs = v->r->e->packs;
	struct err why = { 0 };
	struct place now;
	uint64_t raw;
	int rc = packs_check(packs, at, &raw, &why);

	v->out->octets += place_octets(at);
	if (rc < 0 && blob_moved(v->q, at))
		rc = packs_check(packs, at, &raw, &why);
	if (rc < 0 && place_get(v->q, at->blob, &now, NULL) != E_NOTFOUND)
		problem(v, "%s", why.text);
}

/* Where the rows cannot be read, the next ones that can are looked for behind
 * a page of them. */
static void
check_blobs(struct verifying *v, uint64_t after, uint64_t *last)
{
	struct place *at = arena_array(v->r->arena, BLOBS_MAX, sizeof(*at));
	size_t n, i;
	int rc = some_blobs(v, after, at, &n);

	for (i = 0; i < n; i++)
		check_blob(v, &at[i]);
	*last = n ? at[n - 1].blob : 0;
	v->out->checked += n;
	unread(v, rc);
	if (rc < 0)
		*last = (n ? *last : after) + BLOBS_A_PAGE;
}

/* ---- the whole --------------------------------------------------------- */

static void
set_next(struct verifying *v, char phase, uint64_t at)
{
	v->out->next = arena_printf(v->r->arena, "%c%llu", phase,
	    (unsigned long long)at);
}

static void
account_slice(struct verifying *v, uint64_t after)
{
	uint64_t account = 0;
	int rc = sql_read_begin(v->q, v->err);

	if (rc == 0)
		rc = next_account(v, after, &account);
	if (rc == 0 && account)
		rc = check_account(v, account);
	sql_read_end(v->q);
	unread(v, rc);
	set_next(v, account ? 'a' : 'b', account);
	v->out->percent = 20;
}

static void
blob_slice(struct verifying *v, uint64_t after)
{
	uint64_t last = 0, top = 0;

	check_blobs(v, after, &last);
	unread(v, sql_number(v->q, SQL_blob_last, NULL, 0, &top, v->err));
	v->out->percent = 100;
	if (last == 0 || last > top)
		return;
	set_next(v, 'b', last);
	v->out->percent = 20 + (uint32_t)(last * 79 / top);
}

static void
count_aside(struct verifying *v)
{
	unread(v, salvage_strays(v->r->e->packs, &v->out->aside_files,
	    &v->out->aside_octets, v->err));
	unread(v, sql_number(v->q, SQL_aside_count, NULL, 0,
	    &v->out->aside_tables, v->err));
}

static void
first_slice(struct verifying *v)
{
	int rc = sql_read_begin(v->q, v->err);

	if (rc == 0) {
		count_aside(v);
		check_common(v);
	}
	sql_read_end(v->q);
	unread(v, rc);
	set_next(v, 't', 0);
	v->out->percent = 1;
}

static void
table_slice(struct verifying *v, uint64_t n)
{
	int rc = check_table(v, n);

	unread(v, rc);
	set_next(v, rc > 0 ? 't' : 'r', rc > 0 ? n + 1 : 0);
	v->out->percent = 5;
}

static void
refs_slice(struct verifying *v, uint64_t after)
{
	uint64_t last = 0;
	int rc = sql_read_begin(v->q, v->err);

	if (rc == 0)
		rc = check_counts(v, after, after + REFS_A_SLICE);
	unread(v, rc);
	unread(v, sql_number(v->q, SQL_blob_last, NULL, 0, &last, v->err));
	sql_read_end(v->q);
	if (last > after + REFS_A_SLICE)
		set_next(v, 'r', after + REFS_A_SLICE);
	else
		set_next(v, 'a', 0);
	v->out->percent = 10;
}

int
read_verify(struct reader *r, const struct caller *c,
    const struct verify_ask *ask, union store_answer *answer, struct err *err)
{
	struct verifying v = { r, &r->q, &answer->verify, err };
	uint64_t at = 0;

	(void)c;
	if (ask->cursor.n && !str_u64(str_from(ask->cursor, 1), &at))
		return err_set(err, E_INVALID, "no such cursor");
	if (ask->cursor.n == 0)
		first_slice(&v);
	else if (ask->cursor.p[0] == 't')
		table_slice(&v, at);
	else if (ask->cursor.p[0] == 'r')
		refs_slice(&v, at);
	else if (ask->cursor.p[0] == 'a')
		account_slice(&v, at);
	else
		blob_slice(&v, at);
	answer->verify.problems = buf_get(&r->more);
	return 0;
}
