/*
 * repair.c - STORE_repair: mail that the database does not lead to any more,
 * in slices of the writer's.
 *
 * The cursor is a phase and where it stands, in this order:
 *
 *   s<octet> <file>       stray files, one by one
 *   d<octet> <file>       one that was looked through, with nothing left in it:
 *                         it goes, after the commit that took what was in it
 *   p<octet> <pack>       what lies behind the known end of packs
 *   r<blob>               blobs named otherwise than their rows say
 *   g<uid> <account> <mailbox>   messages whose file is gone, or ends before
 *                         them
 *   c<table>              tables of changes that were put aside
 *   f0                    the end
 *
 * A slice that died was not done, and one that was done finds nothing left to
 * do: so all of it can be begun again at any time.
 */
#include "store/upkeep/repair_int.h"

enum { LOOK_OCTETS = 1 << 20, TAKEN = 4 << 20, LINES_MAX = 180000,
	PLACED_A_SLICE = 1000, REFS_A_SLICE = 500000, COUNTS_A_SLICE = 500 };

#define ULL(n) ((unsigned long long)(n))

void
repair_say(struct repairing *x, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	upkeep_line(&x->lines, UPKEEP_LINE_MAX - 1, fmt, ap);
	va_end(ap);
}

static bool
is_over(const struct repairing *x, uint64_t octets)
{
	return octets >= TAKEN || x->lines.n > LINES_MAX ||
	    engine_mono_us(x->e) >= x->until;
}

static void
set_next(struct repairing *x, char phase, uint64_t at, const char *rest)
{
	x->out->next = arena_printf(x->e->arena, "%c%llu%s%s", phase,
	    ULL(at), rest[0] ? " " : "", rest);
}

/* ---- files --------------------------------------------------------------- */

/* Records of a file from *at on, until the slice is over: 1 if the file is. 2:
 * it cannot be read. */
static int
look_through(struct repairing *x, const char *name, uint64_t *at)
{
	uint64_t begun = *at, account;
	struct salvage *s;
	struct place there;
	bool is_end;
	int rc = salvage_open(x->e->packs, name, &s, x->err);

	if (rc == E_NOTFOUND)
		return 1;
	if (rc < 0) {
		repair_say(x, "%s", x->err->text);
		x->out->left++;
		return 2;
	}
	while (rc >= 0 && *at < salvage_size(s) && !is_over(x, *at - begun)) {
		rc = salvage_next(s, at, LOOK_OCTETS, &there, &account,
		    x->err);
		if (rc > 0)
			rc = repair_record(x, s, name, &there, account);
		else
			continue;
		*at += place_octets(&there);
	}
	x->out->octets += *at - begun;
	is_end = *at >= salvage_size(s);
	salvage_close(s);
	return rc < 0 ? rc : is_end;
}

static int
next_stray(struct repairing *x, struct str after)
{
	char name[SALVAGE_NAME];
	int rc = salvage_next_stray(x->e->packs, after, name, x->err);

	x->e->repair.left_here = false;
	if (rc > 0)
		set_next(x, 's', 0, name);
	else
		set_next(x, 'p', 0, "0");
	return rc < 0 ? rc : 0;
}

static int
stray_slice(struct repairing *x, uint64_t at, struct str rest)
{
	const struct repair_round *r = &x->e->repair;
	char name[SALVAGE_NAME];
	int rc;

	(void)snprintf(name, sizeof(name), "%.*s", STR_FMT(rest));
	if (!salvage_is_stray(name))
		return err_set(x->err, E_INVALID, "no stray file");
	rc = look_through(x, name, &at);
	if (rc < 0)
		return rc;
	if (rc == 0)
		set_next(x, 's', at, name);
	else if (rc == 1 && (!r->left_here || x->ask->forget))
		set_next(x, 'd', at, name);
	else
		return next_stray(x, rest);
	return 0;
}

static int
drop_slice(struct repairing *x, uint64_t octets, struct str rest)
{
	char name[SALVAGE_NAME];
	int rc = 0;

	(void)snprintf(name, sizeof(name), "%.*s", STR_FMT(rest));
	if (!x->ask->dry)
		rc = salvage_remove(x->e->packs, name, x->err);
	if (rc < 0)
		return rc;
	repair_say(x, "%s (%llu octets): %s", name, ULL(octets),
	    x->ask->dry ? "would go" : "is gone");
	return next_stray(x, rest);
}

/* The end of the first pack behind `after` that the database knows. */
static int
next_pack(struct repairing *x, uint64_t after, uint64_t *pack, uint64_t *end)
{
	struct sql *q = &x->e->w;
	int rc = sql_first(q, SQL_pack_list, NULL, 0, x->err);

	*pack = 0;
	while (rc > 0) {
		*pack = sql_u64(q, pack_list, pack);
		*end = sql_u64(q, pack_list, written);
		if (*pack > after)
			break;
		*pack = 0;
		rc = sql_next(q, SQL_pack_list, x->err);
	}
	if (rc > 0)
		sql_end(q, SQL_pack_list);
	return rc < 0 ? rc : 0;
}

/* at: 0 at first. The pack that is written to has nothing behind its end. */
static int
pack_slice(struct repairing *x, uint64_t at, struct str rest)
{
	uint64_t pack = 0, before, end;
	char name[40], text[24];
	int rc;

	if (!str_u64(rest, &pack))
		return err_set(x->err, E_INVALID, "no such cursor");
	before = at ? pack - 1 : pack;
	rc = x->e->salvage_from ? next_pack(x, before, &pack, &end) : 0;
	if (rc < 0)
		return rc;
	if (pack == 0 || !x->e->salvage_from) {
		set_next(x, 'r', 0, "");
		return 0;
	}
	(void)snprintf(name, sizeof(name), "packs/%016llx", ULL(pack));
	(void)snprintf(text, sizeof(text), "%llu", ULL(pack));
	rc = 1;
	at = at ? at : end;
	if (!packs_is_open(x->e->packs, pack))
		rc = look_through(x, name, &at);
	if (rc >= 0)
		set_next(x, 'p', rc ? 0 : at, text);
	return rc < 0 ? rc : 0;
}

/* ---- rows ---------------------------------------------------------------- */

struct miscount {
	uint64_t blob, named;
};
struct miscounts {
	struct VEC(struct miscount) of;
	bool more;
};

/* Both in order of blob, as in verify.c: whose numbers differ. A blob that is
 * named and has no row is one of g's. */
static int
find_miscounts(struct repairing *x, uint64_t after, struct miscounts *c)
{
	struct sql *q = &x->e->w;
	uint64_t last = after + REFS_A_SLICE, blob, named;
	int names = sql_first(q, SQL_verify_named, SQL_VALS(vi(after),
	    vi(last)), x->err);
	int rows = sql_first(q, SQL_verify_refs, SQL_VALS(vi(after),
	    vi(last)), x->err);

	while (rows > 0 && names >= 0 && c->of.n < COUNTS_A_SLICE) {
		blob = sql_u64(q, verify_refs, blob);
		while (names > 0 && sql_u64(q, verify_named, blob) < blob)
			names = sql_next(q, SQL_verify_named, x->err);
		named = names > 0 && sql_u64(q, verify_named, blob) == blob ?
		    sql_u64(q, verify_named, times) : 0;
		if (sql_u64(q, verify_refs, refs) != named)
			vec_push(&c->of, (struct miscount){ blob, named });
		rows = sql_next(q, SQL_verify_refs, x->err);
	}
	c->more = rows > 0;
	if (rows > 0)
		sql_end(q, SQL_verify_refs);
	if (names > 0)
		sql_end(q, SQL_verify_named);
	return rows < 0 ? rows : names < 0 ? names : 0;
}

static int
mend_count(struct repairing *x, const struct miscount *m)
{
	int rc = 0;

	if (m->named == 0)
		return repair_unnamed(x, m->blob);
	if (!x->ask->dry)
		rc = sql_run(&x->e->w, SQL_blob_refs, SQL_VALS(vi(m->named),
		    vi(m->blob)), x->err);
	if (rc < 0)
		return rc;
	x->out->counted++;
	repair_say(x, "message %llu: %llu references", ULL(m->blob),
	    ULL(m->named));
	return 0;
}

static int
refs_slice(struct repairing *x, uint64_t after)
{
	struct miscounts c = { 0 };
	uint64_t last = 0, next = after + REFS_A_SLICE;
	int rc = find_miscounts(x, after, &c);
	size_t i;

	for (i = 0; i < c.of.n && rc == 0 && !is_over(x, 0); i++)
		rc = mend_count(x, &c.of.p[i]);
	if (i < c.of.n || c.more)
		next = i ? c.of.p[i - 1].blob : after;
	vec_free(&c.of);
	if (rc == 0)
		rc = sql_number(&x->e->w, SQL_blob_last, NULL, 0, &last,
		    x->err);
	if (next < last)
		set_next(x, 'r', next, "");
	else
		set_next(x, 'g', 0, "0 0");
	return rc;
}

/* ---- messages whose file is gone ----------------------------------------- */

struct gone {
	uint64_t mailbox, blob;
	uint32_t uid;
	bool is_short;		/* there is a file, which ends before it */
	struct str name;
};
struct gone_slice {
	struct VEC(struct gone) of;
	uint64_t rows, mailbox, uid;	/* looked at, and the last of them */
	uint64_t pack, size;		/* what was said last of a pack */
};

static bool
is_gone(const struct repairing *x, struct gone_slice *g)
{
	struct sql *q = &x->e->w;
	uint64_t pack = sql_u64(q, repair_placed, pack);
	uint64_t blob = sql_u64(q, repair_placed, blob);

	if (sql_u64(q, repair_placed, has) == 0)
		return true;
	if (map_get_number(&x->e->repair.found, blob, 0, 0))
		return false;
	if (pack == 0 || pack != g->pack)
		g->size = repair_file_size(x, pack, blob);
	g->pack = pack;
	return g->size < sql_u64(q, repair_placed, ends) + RECORD_HEADER;
}

static int
find_gone(struct repairing *x, uint64_t account, struct gone_slice *g)
{
	enum sql_statement s = SQL_repair_placed;
	struct sql *q = &x->e->w;
	int rc = sql_first(q, s, SQL_VALS(vi(account), vi(g->mailbox),
	    vi(g->uid), vi(PLACED_A_SLICE)), x->err);

	for (; rc > 0; g->rows++) {
		g->mailbox = sql_u64(q, repair_placed, mailbox);
		g->uid = sql_u64(q, repair_placed, uid);
		if (is_gone(x, g))
			vec_push(&g->of, (struct gone){ g->mailbox,
			    sql_u64(q, repair_placed, blob),
			    (uint32_t)g->uid,
			    sql_u64(q, repair_placed, has) && g->size > 0,
			    str_dup(x->e->arena, sql_str(q, repair_placed,
			    name)) });
		rc = sql_next(q, s, x->err);
	}
	return rc;
}

/* As its owner would: it is told to whoever has the mailbox open. */
static int
expunge_gone(struct repairing *x, struct acct *a, const struct gone *g)
{
	struct engine *e = x->e;
	const struct column_row *row;
	struct column *c;
	struct mbox *m;
	size_t i;
	int rc = mbox_get(e, a->account, g->mailbox, &m, x->err);

	if (rc == 0)
		rc = columns_get(e->columns, &e->look, a->account, g->mailbox,
		    &c, x->err);
	if (rc < 0)
		return rc;
	pthread_rwlock_rdlock(&c->lock);
	i = column_seek(c, g->uid);
	row = i < c->live.n ? &c->live.p[i] : NULL;
	if (row && row->uid == g->uid)
		rc = expunge_email(e, a, m, row, column_keywords(c,
		    row->keywords), acct_modseq(e, a), drop_email,
		    x->err);
	pthread_rwlock_unlock(&c->lock);
	columns_put(e->columns, c);
	return rc;
}

static int
remove_gone(struct repairing *x, uint64_t account, const struct gone_slice *g)
{
	struct acct *a;
	int rc = g->of.n ? acct_get(x->e, account, &a, x->err) : 0;

	for (size_t i = 0; i < g->of.n && rc == 0; i++) {
		const struct gone *o = &g->of.p[i];

		if (!x->ask->dry)
			rc = expunge_gone(x, a, o);
		x->out->removed++;
		repair_say(x, "message %llu: %.*s, UID %u in %.*s: its file "
		    "%s, %s", ULL(o->blob), STR_FMT(a->address), o->uid,
		    STR_FMT(str_first(o->name, 100)), o->is_short ?
		    "ends before it" : "is gone", x->ask->dry ?
		    "it would be removed" : "it is removed");
	}
	return rc;
}

/* at: the UID behind which to go on; rest: account and mailbox. */
static int
gone_slice(struct repairing *x, uint64_t at, struct str rest)
{
	struct gone_slice g = { .uid = at, .pack = UINT64_MAX };
	uint64_t account;
	struct str one, two;
	char text[48];
	int rc;

	if (!str_cut(rest, ' ', &one, &two) || !str_u64(one, &account) ||
	    !str_u64(two, &g.mailbox))
		return err_set(x->err, E_INVALID, "no such cursor");
	rc = account ? find_gone(x, account, &g) : 0;
	if (rc == 0)
		rc = remove_gone(x, account, &g);
	vec_free(&g.of);
	if (rc == 0 && g.rows < PLACED_A_SLICE) {
		g.uid = g.mailbox = 0;
		rc = sql_number(&x->e->w, SQL_account_next, SQL_VALS(
		    vi(account)), &account, x->err);
	}
	(void)snprintf(text, sizeof(text), "%llu %llu", ULL(account),
	    ULL(g.mailbox));
	if (account)
		set_next(x, 'g', g.uid, text);
	else
		set_next(x, 'c', 0, "");
	return rc;
}

/* ---- tables that were put aside ------------------------------------------ */

/* What SQLite says of a table. One with damage in it cannot be taken apart:
 * which pages it has is written in it. But a disk may read again what it could
 * not for a while, or have been restored. */
static int
check_aside(struct repairing *x, struct str name, struct buf *says)
{
	struct sql *q = &x->e->w;
	int rc;

	sql_forget_pages(q);
	rc = sql_first(q, SQL_table_check, SQL_VALS(vs(name)), x->err);
	if (rc <= 0)
		return rc;
	buf_str(says, str_first(sql_column_str(q, SQL_table_check, 0), 200));
	sql_end(q, SQL_table_check);
	return 0;
}

static int
drop_table(struct repairing *x, struct str name)
{
	char text[80];

	(void)snprintf(text, sizeof(text), "DROP TABLE \"%.*s\"",
	    STR_FMT(name));
	return x->ask->dry ? 0 : sql_exec(&x->e->w, text, x->err);
}

/* at: how many of them stay. */
static int
aside_slice(struct repairing *x, uint64_t at)
{
	struct sql *q = &x->e->w;
	auto_buf says = BUF_INIT(UPKEEP_LINE_MAX);
	struct str name;
	int rc = sql_first(q, SQL_aside_name, SQL_VALS(vi(at)), x->err);

	if (rc <= 0) {
		set_next(x, 'f', 0, "");
		return rc;
	}
	name = str_dup(x->e->arena, sql_column_str(q, SQL_aside_name, 0));
	sql_end(q, SQL_aside_name);
	set_next(x, 'c', at, "");
	rc = check_aside(x, name, &says);
	if (rc < 0)
		return rc;
	if (!str_eq(buf_get(&says), STR("ok"))) {
		x->out->tables_left++;
		repair_say(x, "%.*s stays: %.*s", STR_FMT(name),
		    STR_FMT(buf_get(&says)));
		set_next(x, 'c', at + 1, "");
		return 0;
	}
	x->out->tables++;
	repair_say(x, "%.*s %s", STR_FMT(name), x->ask->dry ? "would go" :
	    "is gone");
	if (x->ask->dry)
		set_next(x, 'c', at + 1, "");
	return drop_table(x, name);
}

/* ---- the whole ----------------------------------------------------------- */

/* Nothing that no row names is waited for any more: from now on it is what was
 * removed, and packs are written to their ends and give room back. */
static int
last_slice(struct repairing *x)
{
	struct engine *e = x->e;
	int rc;

	e->repair.begun = false;
	map_clear(&e->repair.found);
	if (x->ask->dry || e->salvage_from == 0 ||
	    (e->repair.left > 0 && !x->ask->forget))
		return 0;
	rc = sql_run(&e->w, SQL_salvage_del, NULL, 0, x->err);
	if (rc == 0)
		e->salvage_from = 0;
	return rc;
}

static int
first_slice(struct repairing *x)
{
	struct repair_round *r = &x->e->repair;

	r->begun = true;
	r->left = 0;
	map_clear(&r->found);
	return next_stray(x, STR(""));
}

static int
slice(struct repairing *x)
{
	struct str cursor = x->ask->cursor, number, rest;
	uint64_t at;

	if (cursor.n == 0)
		return first_slice(x);
	(void)str_cut(str_from(cursor, 1), ' ', &number, &rest);
	if (!str_u64(number, &at))
		return err_set(x->err, E_INVALID, "no such cursor");
	if (!x->e->repair.begun)
		return err_set(x->err, E_STALE, "the store was started anew: "
		    "repair once more");
	switch (cursor.p[0]) {
	case 's': return stray_slice(x, at, rest);
	case 'd': return drop_slice(x, at, rest);
	case 'p': return pack_slice(x, at, rest);
	case 'r': return refs_slice(x, at);
	case 'g': return gone_slice(x, at, rest);
	case 'c': return aside_slice(x, at);
	case 'f': return last_slice(x);
	default: return err_set(x->err, E_INVALID, "no such cursor");
	}
}

int
write_repair(struct engine *e, struct write *w)
{
	struct repairing x = { .e = e, .w = w, .ask = w->ask,
		.out = &w->answer.repair, .err = &w->err,
		.lines = BUF_INIT(MSG_CHUNK),
		.until = engine_mono_us(e) + SLICE_US,
		.record = BUF_INIT(2 * LARGE_FROM) };
	int rc = slice(&x);

	x.out->lines = str_dup(e->arena, buf_get(&x.lines));
	buf_free(&x.lines);
	buf_free(&x.record);
	/* What it had written stands in nobody's way. */
	if (rc < 0)
		e->half_written = true;
	return rc;
}
