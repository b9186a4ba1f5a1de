/*
 * old_held.c - what was held so long that nobody will ask for it; and who is to
 * be told of what is held.
 */
#include "store/upkeep/upkeep_int.h"

#include "store/engine/note.h"

#include "store/queue/held.h"

enum { TELL_EVERY_S = 20, TOLD_A_SLICE = 50 };

/* The first row of s, if there is one: 1. */
static int
first_held(struct engine *e, enum sql_statement s, const struct sql_val *v,
    size_t n, struct held *out, struct err *err)
{
	int rc = sql_first(&e->w, s, v, n, err);

	if (rc <= 0)
		return rc;
	*out = held_read(&e->w, s, e->arena);
	sql_end(&e->w, s);
	return 1;
}

int
old_held_drop(struct engine *e, struct err *err)
{
	struct held h;
	int rc = first_held(e, SQL_held_old, SQL_VALS(vi((uint64_t)
	    engine_since(e, held_age_s(e)))), &h, err);

	if (rc > 0)
		rc = held_forget(e, &h, STR("held, and nobody asked for it"),
		    err);
	else
		return rc;
	return rc < 0 ? rc : 1;
}

int
old_held_of(struct engine *e, uint64_t account, struct err *err)
{
	struct held h;
	int rc = first_held(e, SQL_held_own, SQL_VALS(vi(account), vi(0),
	    vi(1)), &h, err);

	if (rc > 0)
		rc = held_forget(e, &h, STR("held, and its account has gone"),
		    err);
	else
		return rc;
	return rc < 0 ? rc : 1;
}

/* One is told of all that is new, unless the day has had its note. */
static int
tell_one(struct engine *e, uint64_t account, struct err *err)
{
	const struct note n = { .account = account, .kind = NOTE_held,
		.most_a_day = 1 };
	uint64_t number = e->next_blob;
	int rc = note_put(e, &n, err);

	return rc <= 0 ? rc : sql_run(&e->w, SQL_held_tell, SQL_VALS(
	    vi(number), vi(account)), err);
}

int
old_held_tell(struct engine *e, struct err *err)
{
	uint64_t account;
	int rc = 0;

	if (e->now_s - e->held.told_s < TELL_EVERY_S &&
	    e->now_s >= e->held.told_s)
		return 0;
	for (int i = 0; i < TOLD_A_SLICE && rc == 0; i++) {
		rc = sql_number(&e->w, SQL_held_untold, SQL_VALS(
		    vi(e->held.told_to)), &account, err);
		if (rc == 0 && account == 0) {
			e->held.told_s = e->now_s;
			e->held.told_to = 0;
			return 0;
		}
		if (rc == 0)
			rc = tell_one(e, account, err);
		e->held.told_to = account;
	}
	return rc < 0 ? rc : 1;
}
