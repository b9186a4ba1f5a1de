#include "store/engine/reach.h"

#include "store/address/address.h"
#include "store/mailbox_name.h"

/* A mailbox that somebody names. */
struct reached {
	uint64_t owner, mailbox;
	uint32_t rights;
	struct str there;	/* its name, where it was named so */
};

int
reach_rights(struct sql *q, uint64_t who, uint64_t owner, uint64_t mailbox,
    uint32_t *rights, struct err *err)
{
	uint32_t has = 0, not = 0;
	int rc = sql_first(q, SQL_acl_rights, SQL_VALS(vi(owner),
	    vi(mailbox), vi(who)), err);

	for (; rc > 0; rc = sql_next(q, SQL_acl_rights, err)) {
		if (sql_u32(q, acl_rights, negative))
			not |= sql_u32(q, acl_rights, rights);
		else
			has |= sql_u32(q, acl_rights, rights);
	}
	if (rc == 0)
		*rights = has & ~not & RIGHTS_all;
	return rc;
}

uint32_t
flags_allowed(uint32_t rights, uint32_t flags)
{
	uint32_t of_w = ~(uint32_t)(FLAG_seen | FLAG_deleted), may;

	may = (rights & RIGHT_w ? of_w : 0) |
	    (rights & RIGHT_s ? FLAG_seen : 0) |
	    (rights & RIGHT_t ? FLAG_deleted : 0);
	return flags & may;
}

static int
no_such(struct err *err)
{
	return err_set(err, E_NOTFOUND, "no such mailbox");
}

/* Who may not look up a mailbox hears nothing of it. */
static int
judge(const struct reached *to, uint32_t needs, uint32_t one_of,
    struct err *err)
{
	if ((to->rights & needs) == needs && (!one_of || to->rights & one_of))
		return 0;
	return to->rights & RIGHT_l ? err_set(err, E_NORIGHT,
	    "the mailbox is somebody else's, and does not let you") :
	    no_such(err);
}

static int
by_number(struct sql *q, const struct caller *c, uint64_t number,
    struct reached *out, struct err *err)
{
	*out = (struct reached){ c->account, number, RIGHTS_all, STR_NULL };
	if (!is_others(number))
		return 0;
	out->owner = number >> 32;
	out->mailbox = number & UINT32_MAX;
	if (out->owner == c->account)
		return no_such(err);
	return reach_rights(q, c->account, out->owner, out->mailbox,
	    &out->rights, err);
}

/* Of an account; 0: there is none of this name. */
static int
find_there(struct sql *q, uint64_t owner, struct str name, uint64_t *mailbox,
    struct err *err)
{
	int rc = sql_first(q, SQL_mailbox_find, SQL_VALS(vi(owner),
	    vs(str_eqi(name, STR("INBOX")) ? STR("INBOX") : name)), err);

	*mailbox = 0;
	if (rc <= 0)
		return rc;
	*mailbox = sql_u64(q, mailbox_find, mailbox);
	sql_end(q, SQL_mailbox_find);
	return 0;
}

/* The owner that a name has before it: 0 if it is the asker's own. */
static int
owner_of(struct sql *q, struct arena *a, const struct caller *c,
    struct str name, struct reached *out, struct err *err)
{
	struct str address, domain, local;
	int rc;

	*out = (struct reached){ c->account, 0, RIGHTS_all, name };
	if (!others_split(name, &address, &out->there))
		return 0;
	out->rights = 0;
	if (!address_key(address, a, &domain, &local))
		return no_such(err);
	rc = sql_number(q, SQL_address_get, SQL_VALS(vs(domain), vs(local)),
	    &out->owner, err);
	if (rc == 0 && (out->owner == 0 || out->owner == c->account))
		rc = no_such(err);
	return rc;
}

static int
by_name(struct sql *q, struct arena *a, const struct caller *c,
    struct str name, struct reached *out, struct err *err)
{
	int rc = owner_of(q, a, c, name, out, err);

	if (rc < 0 || out->owner == c->account)
		return rc;
	rc = find_there(q, out->owner, out->there, &out->mailbox, err);
	if (rc == 0 && out->mailbox == 0)
		rc = no_such(err);
	return rc < 0 ? rc : reach_rights(q, c->account, out->owner,
	    out->mailbox, &out->rights, err);
}

/* One that is to be: by the nearest above that is there (RFC 4314 4, CREATE).
 * Why not is not told, so that nobody learns what there is. */
static int
by_what_is_above(struct sql *q, struct arena *a, const struct caller *c,
    struct str name, struct reached *out, struct err *err)
{
	struct str above;
	int rc = owner_of(q, a, c, name, out, err);

	if (rc == 0 && out->owner == c->account)
		return 0;
	above = mailbox_name_above(out->there);
	while (rc == 0 && above.n > 0 && out->mailbox == 0) {
		rc = find_there(q, out->owner, above, &out->mailbox, err);
		above = mailbox_name_above(above);
	}
	if (rc == 0 && out->mailbox)
		rc = reach_rights(q, c->account, out->owner, out->mailbox,
		    &out->rights, err);
	if (rc == E_NOTFOUND || (rc == 0 && !(out->rights & RIGHT_k)))
		return err_set(err, E_NORIGHT, "no mailbox can be made there");
	return rc;
}

int
reach_number(struct sql *q, const struct caller *c, uint64_t number,
    uint32_t needs, uint64_t *owner, uint64_t *mailbox, struct err *err)
{
	struct reached to;
	int rc = by_number(q, c, number, &to, err);

	if (rc == 0)
		rc = judge(&to, needs, 0, err);
	*owner = to.owner;
	*mailbox = to.mailbox;
	return rc;
}

int
reach_name(struct sql *q, struct arena *a, const struct caller *c,
    struct str name, uint32_t needs, struct err *err)
{
	struct reached to;
	int rc = by_name(q, a, c, name, &to, err);

	return rc < 0 ? rc : judge(&to, needs, 0, err);
}

int
reach_find(struct sql *q, struct arena *a, const struct caller *c,
    struct str name, uint32_t needs, uint64_t *owner, uint64_t *mailbox,
    struct err *err)
{
	struct reached to;
	int rc = by_name(q, a, c, name, &to, err);

	if (rc == 0)
		rc = judge(&to, needs, 0, err);
	if (rc == 0 && to.owner == c->account)
		rc = find_there(q, to.owner, to.there, &to.mailbox, err);
	if (rc == 0 && to.mailbox == 0)
		rc = no_such(err);
	*owner = to.owner;
	*mailbox = to.mailbox;
	return rc;
}

/* ---- of a call ----------------------------------------------------------- */

static const void *
place(const void *ask, uint16_t at)
{
	return (const char *)ask + at - 1;
}

static bool
names_others(const struct engine_reach *how, const void *ask)
{
	struct str address, there;

	if (how->number && is_others(*(const uint64_t *)place(ask,
	    how->number)))
		return true;
	if (how->name && others_split(*(const struct str *)place(ask,
	    how->name), &address, &there))
		return true;
	return how->above && others_split(*(const struct str *)place(ask,
	    how->above), &address, &there);
}

struct reaching {
	struct sql *q;
	struct arena *a;
	const struct engine_reach *how;
	const struct caller *c;
	void *ask;		/* what the function gets */
	struct reached by_number, by_name, above;
};

static int
reach_all(struct reaching *r, struct err *err)
{
	const struct engine_reach *how = r->how;
	int rc = 0;

	r->by_number = r->by_name = (struct reached){ r->c->account, 0,
		RIGHTS_all, STR_NULL };
	if (how->number) {
		rc = by_number(r->q, r->c, *(const uint64_t *)place(r->ask,
		    how->number), &r->by_number, err);
		if (rc == 0)
			rc = judge(&r->by_number, how->number_needs, 0, err);
	}
	if (rc == 0 && how->name) {
		rc = by_name(r->q, r->a, r->c, *(const struct str *)place(
		    r->ask, how->name), &r->by_name, err);
		if (rc == 0)
			rc = judge(&r->by_name, how->name_needs, how->one_of,
			    err);
	}
	if (rc == 0 && how->above)
		rc = by_what_is_above(r->q, r->a, r->c, *(const struct str *)
		    place(r->ask, how->above), &r->above, err);
	if (rc == 0 && how->above && how->name &&
	    r->above.owner != r->by_name.owner)
		rc = err_set(err, E_INVALID,
		    "a mailbox stays with its owner");
	return rc;
}

/* As the owners have them. */
static void
put_there(struct reaching *r)
{
	const struct engine_reach *how = r->how;

	if (how->number)
		*(uint64_t *)(uintptr_t)place(r->ask, how->number) =
		    r->by_number.mailbox;
	if (how->name)
		*(struct str *)(uintptr_t)place(r->ask, how->name) =
		    r->by_name.there;
	if (how->above)
		*(struct str *)(uintptr_t)place(r->ask, how->above) =
		    r->above.there;
}

int
reach(struct sql *q, struct arena *a, enum store_call call,
    const struct engine_reach *how, const struct caller *c, const void *ask,
    struct caller *as, const void **there, struct err *err)
{
	size_t size = store_calls[call].ask->size;
	struct reaching r = { .q = q, .a = a, .how = how, .c = c };
	struct reached *first = how->number ? &r.by_number :
	    how->name ? &r.by_name : &r.above, *second;
	struct reached_by *by;
	int rc;

	if (c->authority != AUTH_ACCOUNT || !names_others(how, ask))
		return 0;
	r.ask = arena_alloc(a, size);
	memcpy(r.ask, ask, size);
	rc = reach_all(&r, err);
	if (rc < 0)
		return rc;
	put_there(&r);
	second = how->second ? &r.by_name : first;
	by = arena_new_of(a, struct reached_by);
	*by = (struct reached_by){ c->account, second->owner, first->rights,
		second->rights,
		how->name ? *(const struct str *)place(ask, how->name) :
		STR_NULL };
	*as = *c;
	as->account = first->owner;
	as->by = by;
	*there = r.ask;
	return 1;
}
