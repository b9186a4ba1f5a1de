/*
 * hold_find.c - the hold that means a recipient. Whoever queues asks.
 */
#include "store/queue/hold.h"

int
hold_any(struct engine *e, struct err *err)
{
	uint64_t n;
	int rc = 0;

	if (e->holding.known)
		return e->holding.any;
	rc = sql_number(&e->w, SQL_hold_count, NULL, 0, &n, err);
	if (rc < 0)
		return rc;
	e->holding.known = true;
	e->holding.any = n > 0;
	return n > 0;
}

int
hold_of(struct engine *e, struct str sender, struct str rcpt,
    struct str domain, struct hold *out, struct err *err)
{
	struct str from = sender.n > 0 ? str_lower(e->arena, sender) :
	    STR("<>");
	struct str to = str_lower(e->arena, rcpt);
	int rc = hold_any(e, err);

	if (rc <= 0)
		return rc;
	rc = sql_first(&e->w, SQL_hold_of, SQL_VALS(vs(domain), vs(from),
	    vs(hold_domain(from)), vs(to), vs(hold_domain(to))), err);
	if (rc <= 0)
		return rc;
	*out = (struct hold){ sql_u32(&e->w, hold_of, kind),
		str_dup(e->arena, sql_str(&e->w, hold_of, what)),
		str_dup(e->arena, sql_str(&e->w, hold_of, reason)) };
	sql_end(&e->w, SQL_hold_of);
	return 1;
}

const char *
hold_kind_name(uint32_t kind)
{
	return kind == HOLD_destination ? "destination" :
	    kind == HOLD_sender ? "sender" : "recipient";
}

struct str
hold_words(struct arena *a, const struct hold *h)
{
	return arena_printf(a, "a hold of the %s %.*s%s%.*s",
	    hold_kind_name(h->kind), STR_FMT(h->what), h->reason.n ? ": " : "",
	    STR_FMT(h->reason));
}
