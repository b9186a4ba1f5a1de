#include "ldap/sync.h"

#include "ldap/roster.h"
#include "store/messages.h"

enum {
	PAGE = 500,
	PAGE_MEMORY = 64 << 20,
	PAGE_FULL = 32 << 20,	/* so much of it a server may fill */
	PEOPLE_MEMORY = 512 << 20,
	LATE_FULL = 256 << 20,
	STEP_MS = 60000,	/* for a page, and for a change */
	PAGES_MAX = 10000,	/* some are empty, and it says there are more */
};

struct synching {
	struct ldap_sync *s;
	bool dry, force;
	struct ldap_sync_answer *out;
	struct buf *rows;
	struct person_attributes names;
	struct roster roster;
	struct arena *people;	/* what store says */
	struct arena *page;
	struct VEC(struct person) found;	/* on this page */
	bool full;		/* there is more on it than anybody has */
	struct VEC(struct person) late;	/* ROSTER_LATER, */
	struct arena *late_memory;
};

static int64_t
soon(const struct synching *y)
{
	return loop_now_ms(y->s->server->loop) + STEP_MS;
}

/* As many as there is room for: the numbers are of all. */
static void
say(struct synching *y, enum ldap_what what, struct str address,
    struct str why)
{
	auto_buf b = BUF_INIT(4000);
	struct ldap_said row = { what, str_first(address, 1000),
		str_first(why, 300) };

	msg_put(&b, &ldap_said_shape, &row);
	if (!buf_failed(&b) && y->rows->n + b.n <= LDAP_SYNC_ROWS)
		buf_str(y->rows, buf_get(&b));
}

/* Store -------------------------------------------------------------------- */

static int
ask_store(struct synching *y, enum store_call which, const void *ask,
    void *answer, struct arena *a, struct err *err)
{
	return reconnect_call(y->s->store, &store_calls[which], ask, answer, a,
	    NULL, soon(y), err);
}

static uint64_t
next_change(struct synching *y)
{
	uint64_t now = (uint64_t)loop_wall(y->s->server->loop) << 20;

	y->s->change = now > y->s->change ? now : y->s->change + 1;
	return y->s->change;
}

static int
read_roster(struct synching *y, struct err *err)
{
	struct ldap_list_ask ask = { 0 };
	struct ldap_list_answer answer;
	struct ldap_row row;
	int rc;

	do {
		struct rd r;

		rc = ask_store(y, STORE_ldap_list, &ask, &answer, y->people,
		    err);
		if (rc < 0)
			return rc;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 && msg_take(&r, &ldap_row_shape, &row)) {
			ask.after = row.account;
			roster_add(&y->roster, &(struct roster_row){
			    .account = row.account, .address = row.address,
			    .id = row.id, .dn = row.dn,
			    .aliases = row.aliases, .gone = row.gone != 0,
			    .quota = row.quota });
		}
	} while (answer.more && y->roster.rows.n < LDAP_ACCOUNTS_MAX);
	return 0;
}

static void
say_left_out(struct synching *y, struct str lines)
{
	struct str one, address, why;

	while (lines.n > 0) {
		(void)str_cut(lines, '\n', &one, &lines);
		(void)str_cut(one, ':', &address, &why);
		if (address.n == 0)
			continue;
		y->out->left_out++;
		say(y, LDAP_SAID_left_out, address, str_trim(why));
	}
}

static void
count_put(struct synching *y, const struct person *p,
    const struct ldap_put_answer *answer)
{
	static const enum ldap_what said[] = {
		[LDAP_ADDED] = LDAP_SAID_added,
		[LDAP_CHANGED] = LDAP_SAID_changed,
		[LDAP_BACK] = LDAP_SAID_back };
	uint32_t *const counts[] = { [LDAP_SAME] = &y->out->same,
		[LDAP_ADDED] = &y->out->added,
		[LDAP_CHANGED] = &y->out->changed,
		[LDAP_BACK] = &y->out->back };

	if (answer->became >= NELEM(counts))
		return;
	++*counts[answer->became];
	if (answer->became != LDAP_SAME)
		say(y, said[answer->became], p->address, p->dn);
	say_left_out(y, answer->left_out);
}

/* What store refuses is said, and the others go on. */
static int
put_person(struct synching *y, const struct person *p, struct err *err)
{
	struct arena *a = arena_new(1 << 16);
	struct ldap_put_ask ask = { .change = next_change(y),
		.address = p->address, .id = p->id, .dn = p->dn,
		.with_quota = p->with_quota, .quota = p->quota,
		.aliases = str_first(p->aliases, LDAP_ALIASES_MAX),
		.dry = y->dry };
	struct ldap_put_answer answer = { 0 };
	int rc = ask_store(y, STORE_ldap_put, &ask, &answer, a, err);

	if (rc == 0) {
		count_put(y, p, &answer);
	} else if (rc == E_EXISTS || rc == E_NOTFOUND || rc == E_INVALID ||
	    rc == E_DENIED || rc == E_LIMIT) {
		y->out->left_out++;
		say(y, LDAP_SAID_left_out, p->address, str_c(err->text));
		rc = 0;
	}
	arena_free(a);
	return rc;
}

/* Entries ------------------------------------------------------------------ */

static void
on_entry(void *arg, const struct ldap_message *entry)
{
	struct synching *y = arg;
	struct person p;
	const char *why;

	if (y->full || arena_used(y->page) > PAGE_FULL) {
		y->full = true;
		return;
	}
	y->out->entries++;
	if (person_read(entry, &y->names, y->page, &p, &why)) {
		vec_push(&y->found, p);
		return;
	}
	y->out->left_out++;
	say(y, LDAP_SAID_left_out, str_printable(y->page, entry->dn, 1000),
	    str_c(why));
}

/* It outlives its page. */
static int
keep_for_later(struct synching *y, const struct person *p, struct err *err)
{
	struct arena *a = y->late_memory;
	struct person kept = *p;

	if (arena_used(a) > LATE_FULL)
		return err_set(err, E_LIMIT, "too many entries have the "
		    "addresses of others");
	kept.id = str_dup(a, p->id);
	kept.dn = str_dup(a, p->dn);
	kept.address = str_dup(a, p->address);
	kept.aliases = str_dup(a, p->aliases);
	vec_push(&y->late, kept);
	return 0;
}

static int
follow(struct synching *y, const struct person *p, enum roster_says says,
    struct err *err)
{
	switch (says) {
	case ROSTER_SAME:
		y->out->same++;
		return 0;
	case ROSTER_TWICE:
		y->out->left_out++;
		say(y, LDAP_SAID_left_out, p->address,
		    STR("another entry has this address"));
		return 0;
	case ROSTER_LATER:
		return keep_for_later(y, p, err);
	case ROSTER_TELL:
		break;
	}
	return put_person(y, p, err);
}

static int
meet(struct synching *y, struct person *p, struct err *err)
{
	return follow(y, p, roster_meet(&y->roster, p, y->page), err);
}

/* Nobody is given the account of an entry that is there. */
static int
meet_late(struct synching *y, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < y->late.n; i++) {
		const struct person *p = &y->late.p[i];

		rc = follow(y, p, roster_meet_late(&y->roster, p), err);
	}
	return rc;
}

static int
do_page(struct synching *y, struct ldap_link *l, struct ldap_search *search,
    struct arena *cookies, struct err *err)
{
	struct str cookie = STR_NULL;
	int rc;

	y->page = arena_new(PAGE_MEMORY);
	rc = ldap_link_search(l, search, on_entry, y, y->page, &cookie, err);
	if (rc == 0 && (y->full || y->out->entries > LDAP_ACCOUNTS_MAX))
		rc = err_set(err, E_LIMIT, "there are more entries than %d, "
		    "or longer ones", LDAP_ACCOUNTS_MAX);
	for (size_t i = 0; rc == 0 && i < y->found.n; i++)
		rc = meet(y, &y->found.p[i], err);
	arena_reset(cookies);
	search->cookie = str_dup(cookies, cookie);
	vec_free(&y->found);
	arena_free(y->page);
	y->page = NULL;
	return rc;
}

static int
log_in(struct synching *y, struct ldap_link *l, struct err *err)
{
	const struct ldap_conf *c = &y->s->server->conf;
	uint32_t code = 0;
	int rc = c->bind_dn.n == 0 ? 0 : ldap_link_bind(l, c->bind_dn,
	    c->password, &code, err);

	/* Who it is that is refused is the operator's own. */
	return rc < 0 ? rc : code != LDAP_SUCCESS ? E_DENIED : 0;
}

static int
do_pages(struct synching *y, struct ldap_link *l, struct err *err)
{
	const struct ldap_conf *c = &y->s->server->conf;
	struct arena *a = arena_new(1 << 16), *cookies = arena_new(1 << 16);
	struct ldap_search search = { .base = c->base, .filter = c->filter,
		.attributes = person_wanted(&y->names, a), .page = PAGE,
		.time_s = STEP_MS / 1000 };
	int rc = log_in(y, l, err);

	for (int n = 0; rc == 0 && (n == 0 || search.cookie.n > 0); n++) {
		ldap_link_until(l, soon(y));
		rc = n < PAGES_MAX ? do_page(y, l, &search, cookies, err) :
		    err_set(err, E_LIMIT, "the LDAP server gives pages "
			"without end");
	}
	arena_free(a);
	arena_free(cookies);
	return rc;
}

/* Who is not there any more ------------------------------------------------ */

static int
let_go(struct synching *y, const struct roster_row *row, struct err *err)
{
	struct arena *a = arena_new(4096);
	struct ldap_gone_ask ask = { next_change(y), row->account };
	struct done done;
	int rc = y->dry ? 0 : ask_store(y, STORE_ldap_gone, &ask, &done, a,
	    err);

	/* Somebody has removed it meanwhile. */
	rc = rc == E_NOTFOUND ? 0 : rc;
	if (rc == 0) {
		y->out->gone++;
		say(y, LDAP_SAID_gone, row->address, row->dn);
	}
	arena_free(a);
	return rc;
}

static int
let_missing_go(struct synching *y, struct err *err)
{
	size_t before, missing = roster_missing(&y->roster, &before);
	int rc = 0;

	if (!y->force && roster_is_suspicious(missing, before)) {
		y->out->refused = (uint32_t)missing;
		return 0;
	}
	for (size_t i = 0; rc == 0 && i < y->roster.rows.n; i++) {
		const struct roster_row *row = &y->roster.rows.p[i];

		if (!row->seen && !row->gone && row->dn.n > 0)
			rc = let_go(y, row, err);
	}
	return rc;
}

int
ldap_sync_run(struct ldap_sync *s, bool dry, bool force,
    struct ldap_sync_answer *out, struct buf *rows, struct err *err)
{
	const struct ldap_conf *c = &s->server->conf;
	struct synching y = { .s = s, .dry = dry, .force = force, .out = out,
		.rows = rows, .people = arena_new(PEOPLE_MEMORY),
		.late_memory = arena_new(PEOPLE_MEMORY),
		.names = { .id = c->id, .mail = c->mail, .quota = c->quota,
			.aliases = c->aliases } };
	struct ldap_link *l = NULL;
	int rc;

	roster_init(&y.roster, loop_random64(s->server->loop));
	rc = read_roster(&y, err);
	if (rc == 0)
		rc = ldap_link_open(s->server, &l, soon(&y), err);
	if (rc == 0)
		rc = do_pages(&y, l, err);
	ldap_link_close(l);
	if (rc == 0)
		rc = meet_late(&y, err);
	if (rc == 0)
		rc = let_missing_go(&y, err);
	out->rows = buf_get(rows);
	roster_free(&y.roster);
	vec_free(&y.late);
	arena_free(y.late_memory);
	arena_free(y.people);
	return rc;
}
