/*
 * metadata.c - STORE_metadata, STORE_metadata_put: what is noted at mailboxes.
 *                                                               RFC 5464
 *
 * At a mailbox of somebody else private entries are the reader's, and count to
 * the reader; shared ones are its owner's.
 */
#include "store/engine/engine_int.h"

enum { METADATA_ROWS_MAX = MSG_CHUNK - METADATA_ENTRY_MAX -
	METADATA_VALUE_MAX - 100 };

static bool
is_shared(struct str entry)
{
	return str_starts(entry, STR("/shared/"));
}

static bool
is_private(struct str entry)
{
	return str_starts(entry, STR("/private/"));
}

/* Whose an entry of the mailbox is. */
static uint64_t
person_of(const struct caller *c, struct str entry)
{
	uint64_t reader = caller_reader(c);

	return reader && is_private(entry) ? reader : c->account;
}

/* ---- reading ----------------------------------------------------------- */

static int
find_place(struct reader *r, uint64_t account, struct str name,
    uint64_t *mailbox, uint32_t *special, struct err *err)
{
	enum sql_statement s = SQL_mailbox_named;
	int rc;

	*mailbox = 0;
	*special = 0;
	if (name.n == 0)
		return 0;
	rc = sql_first(&r->q, s, SQL_VALS(vi(account), vs(name)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such mailbox");
	if (rc < 0)
		return rc;
	*mailbox = sql_u64(&r->q, mailbox_named, mailbox);
	*special = sql_u32(&r->q, mailbox_named, special);
	sql_end(&r->q, s);
	return 0;
}

int
read_metadata(struct reader *r, const struct caller *c,
    const struct metadata_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct metadata_answer *out = &answer->metadata;
	enum sql_statement s = SQL_metadata_list;
	uint64_t account = c->account, mailbox;
	uint64_t person = person_of(c, ask->from);
	int rc;

	if (!(is_shared(ask->from) && is_shared(ask->to)) &&
	    !(is_private(ask->from) && is_private(ask->to)))
		return err_set(err, E_INVALID, "no such entries");
	rc = find_place(r, account, ask->name, &mailbox, &out->special, err);
	if (caller_reader(c))
		out->special = 0;
	if (rc == 0)
		rc = sql_first(&r->q, s, SQL_VALS(vi(person), vi(account),
		    vi(mailbox), vs(ask->from), vs(ask->to)), err);
	for (; rc > 0 && r->rows.n < METADATA_ROWS_MAX;
	    rc = sql_next(&r->q, s, err))
		msg_put(&r->rows, &metadata_row_shape, &(struct metadata_row){
		    .entry = sql_str(&r->q, metadata_list, entry),
		    .value = sql_str(&r->q, metadata_list, value) });
	out->more = rc > 0;
	if (rc > 0)
		sql_end(&r->q, s);
	out->rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

/* ---- writing ----------------------------------------------------------- */

/* What somebody would have with what was looked at so far. */
struct putting {
	uint64_t person, account, mailbox;
	uint64_t here, octets;
	bool grows;
};

static int
count_entries(struct engine *e, struct putting *p, struct err *err)
{
	enum sql_statement s = SQL_metadata_count;
	int rc = sql_first(&e->w, s, SQL_VALS(vi(p->person), vi(p->account),
	    vi(p->mailbox), vi(METADATA_EACH)), err);

	if (rc <= 0)
		return rc;
	p->here = sql_u64(&e->w, metadata_count, here);
	p->octets = sql_u64(&e->w, metadata_count, octets);
	sql_end(&e->w, s);
	return 0;
}

static int
count_row(struct engine *e, struct putting *p, const struct metadata_row *row,
    struct err *err)
{
	uint64_t had, has = row->gone ? 0 :
	    METADATA_EACH + row->entry.n + row->value.n;
	int rc = sql_number(&e->w, SQL_metadata_size, SQL_VALS(vi(p->person),
	    vi(p->account), vi(p->mailbox), vs(row->entry),
	    vi(METADATA_EACH)), &had, err);

	if (rc < 0)
		return rc;
	p->here += (uint64_t)(has > 0) - (uint64_t)(had > 0);
	p->octets += has - had;
	p->grows |= has > had;
	if (has > 0 && had == 0 && p->here > METADATA_ENTRIES_MAX)
		return err_set(err, E_LIMIT, "too many entries");
	return 0;
}

static int
check_room(const struct putting *p, struct err *err)
{
	if (p->grows && p->octets > METADATA_OCTETS_MAX)
		return err_set(err, E_FULL, "no room for more entries");
	return 0;
}

/* Private ones come before shared ones, so those of a person are together. */
static int
next_person(struct engine *e, const struct caller *c, struct putting *p,
    struct str entry, struct err *err)
{
	uint64_t person = person_of(c, entry);
	int rc;

	if (caller_reader(c) && is_shared(entry) &&
	    !(caller_rights(c) & RIGHT_w))
		return err_set(err, E_NORIGHT, "shared entries take w");
	if (person == p->person)
		return 0;
	rc = check_room(p, err);
	p->person = person;
	p->grows = false;
	return rc < 0 ? rc : count_entries(e, p, err);
}

/* Everything that may refuse it comes before the first change. What a row takes
 * away makes room for those behind it. */
static int
check_rows(struct engine *e, const struct caller *c, struct putting *p,
    struct str rows, struct err *err)
{
	struct metadata_row row;
	struct str last = STR_NULL;
	struct rd r = rd_of(rows);
	int rc = 0;

	while (rc == 0 && !rd_done(&r)) {
		if (!msg_take(&r, &metadata_row_shape, &row) ||
		    (last.p && str_cmp(row.entry, last) <= 0) ||
		    !(is_shared(row.entry) || is_private(row.entry)))
			return err_set(err, E_INVALID, "no entries");
		last = row.entry;
		rc = next_person(e, c, p, row.entry, err);
		if (rc == 0)
			rc = count_row(e, p, &row, err);
	}
	return rc < 0 ? rc : check_room(p, err);
}

/* Readers know the mailbox by another name than its owner, who hears of what is
 * shared. */
static void
tell_noted(struct engine *e, const struct caller *c, struct str name,
    struct str entry)
{
	uint64_t reader = caller_reader(c);

	if (reader)
		batch_named(e, reader, CHANGED_metadata, c->by->name, entry);
	if (!reader || is_shared(entry))
		batch_named(e, c->account, CHANGED_metadata, name, entry);
}

static int
put_rows(struct engine *e, const struct caller *c, const struct putting *p,
    const struct metadata_put_ask *ask, struct err *err)
{
	struct metadata_row row;
	struct rd r = rd_of(ask->rows);
	int rc = 0;

	while (rc == 0 && msg_take(&r, &metadata_row_shape, &row)) {
		uint64_t person = person_of(c, row.entry);

		tell_noted(e, c, ask->name, row.entry);
		rc = row.gone ? sql_run(&e->w, SQL_metadata_del, SQL_VALS(
		    vi(person), vi(p->account), vi(p->mailbox),
		    vs(row.entry)), err) :
		    sql_run(&e->w, SQL_metadata_put, SQL_VALS(vi(person),
		    vi(p->account), vi(p->mailbox), vs(row.entry),
		    vs(row.value)), err);
	}
	return rc;
}

/* Its use moves here from where it was.                        RFC 6154 3 */
static int
put_special(struct engine *e, const struct putting *p, uint32_t special,
    struct err *err)
{
	int rc = sql_run(&e->w, SQL_mailbox_unuse, SQL_VALS(vi(special),
	    vi(p->account)), err);

	return rc < 0 ? rc : sql_run(&e->w, SQL_mailbox_put_use, SQL_VALS(
	    vi(special), vi(p->account), vi(p->mailbox)), err);
}

int
write_metadata_put(struct engine *e, struct write *w)
{
	const struct metadata_put_ask *ask = w->ask;
	struct putting p = { .account = w->caller->account };
	struct acct *a;
	struct mbox *m;
	int rc;

	/* INBOX is not emptied by age, nor is what is junk put into it. */
	if (ask->set_special && (ask->special & ~(uint32_t)SPECIAL_chosen ||
	    ask->name.n == 0 || str_eqi(ask->name, STR("INBOX")) ||
	    caller_reader(w->caller)))
		return err_set(&w->err, E_INVALID, "no such use");
	rc = acct_get(e, p.account, &a, &w->err);
	if (rc == 0 && ask->name.n > 0) {
		rc = mbox_find(e, p.account, ask->name, &m, &w->err);
		p.mailbox = rc == 0 ? m->mailbox : 0;
	}
	if (rc == 0)
		rc = check_rows(e, w->caller, &p, ask->rows, &w->err);
	if (rc == 0)
		rc = put_rows(e, w->caller, &p, ask, &w->err);
	if (rc == 0 && ask->set_special)
		batch_named(e, p.account, CHANGED_metadata, ask->name,
		    STR("/private/specialuse"));
	if (rc == 0 && ask->set_special)
		rc = put_special(e, &p, ask->special, &w->err);
	return rc;
}

/* ---- of another mailbox ------------------------------------------------ */

int
metadata_room(struct engine *e, uint64_t account, uint64_t mailbox,
    struct err *err)
{
	struct putting p = { account, account, mailbox, 0, 0, false };
	uint64_t more;
	int rc = count_entries(e, &p, err);

	if (rc == 0)
		rc = sql_number(&e->w, SQL_metadata_octets, SQL_VALS(
		    vi(account), vi(mailbox), vi(METADATA_EACH)), &more, err);
	if (rc == 0 && more > 0 && p.octets + more > METADATA_OCTETS_MAX)
		return err_set(err, E_FULL, "no room for more entries");
	return rc;
}

int
metadata_copy(struct engine *e, uint64_t account, uint64_t from, uint64_t to,
    struct err *err)
{
	return sql_run(&e->w, SQL_metadata_copy, SQL_VALS(vi(account),
	    vi(from), vi(to)), err);
}
