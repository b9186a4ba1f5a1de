#include "store/directory/resolve.h"

#include "base/crc32c.h"
#include "store/address/srs.h"
#include "store/directory/relayed.h"

/* ---- one address ------------------------------------------------------- */

/* Account or alias of exactly this name: kind stays ADDRESS_UNKNOWN if it is
 * neither. */
static int
try_name(struct sql *q, struct str domain, struct str local,
    struct resolved *out, struct err *err)
{
	uint64_t alias = 0;
	int rc;

	if (local.n == 0 || local.n > ADDRESS_LOCAL_MAX)
		return 0;
	rc = sql_number(q, SQL_address_get, SQL_VALS(vs(domain), vs(local)),
	    &out->account, err);
	if (rc == 0 && out->account == 0)
		rc = sql_number(q, SQL_alias_any, SQL_VALS(vs(domain),
		    vs(local)), &alias, err);
	if (rc < 0)
		return rc;
	if (out->account)
		out->kind = ADDRESS_ACCOUNT;
	else if (alias)
		out->kind = ADDRESS_ALIAS;
	out->domain = domain;
	out->local = local;
	return 0;
}

bool
resolve_is_postmaster(struct str local)
{
	return str_eqi(local, STR("postmaster")) ||
	    str_eqi(local, STR("abuse")) ||
	    str_eqi(local, STR("mailer-daemon"));
}

/* first: the domain's oldest account, or 0. */
static int
try_all(struct sql *q, struct str domain, struct str local, uint64_t first,
    struct resolved *out, struct err *err)
{
	struct str base, detail;
	bool plus = str_cut(local, RECIPIENT_DELIMITER, &base, &detail);
	int rc = try_name(q, domain, local, out, err);

	if (rc == 0 && out->kind == ADDRESS_UNKNOWN && plus)
		rc = try_name(q, domain, base, out, err);
	if (rc < 0 || out->kind != ADDRESS_UNKNOWN)
		return rc;
	out->reports = first && str_eqi(base, RESOLVE_REPORTS);
	if (out->reports || (first && resolve_is_postmaster(base))) {
		out->kind = ADDRESS_ACCOUNT;
		out->account = first;
		return 0;
	}
	if (srs_is(local)) {
		out->kind = ADDRESS_SRS;
		return 0;
	}
	if (local.n == 0 || local.n > ADDRESS_LOCAL_MAX)
		return 0;
	return try_name(q, domain, STR("*"), out, err);
}

/* A domain that is passed on: nobody has a mailbox here. */
static int
try_relayed(struct sql *q, struct str domain, struct str local,
    struct resolved *out, struct err *err)
{
	struct str base, detail;
	bool plus = str_cut(local, RECIPIENT_DELIMITER, &base, &detail);
	bool there = false;
	int rc = try_name(q, domain, local, out, err);

	if (rc == 0 && out->kind == ADDRESS_UNKNOWN && plus)
		rc = try_name(q, domain, base, out, err);
	if (rc < 0 || out->kind != ADDRESS_UNKNOWN)
		return rc;
	rc = relayed_has(q, domain, local, &there, err);
	if (rc == 0 && there)
		out->kind = ADDRESS_RELAYED;
	return rc;
}

int
resolve_address(struct sql *q, struct arena *a, struct str address,
    struct resolved *out, struct err *err)
{
	size_t at = str_rchr(address, '@');
	struct str domain, local;
	uint64_t first;
	uint32_t relayed;
	int rc;

	*out = (struct resolved){ ADDRESS_REMOTE };
	if (!domain_key(str_from(address, at + 1), a, &domain))
		return 0;
	rc = sql_first(q, SQL_domain_get, SQL_VALS(vs(domain)), err);
	if (rc <= 0)
		return rc;
	first = sql_u64(q, domain_get, first);
	relayed = sql_u32(q, domain_get, relayed);
	out->relayed = relayed != 0;
	sql_end(q, SQL_domain_get);
	out->kind = relayed == DOMAIN_NO_MAIL ? ADDRESS_NO_MAIL :
	    ADDRESS_UNKNOWN;
	if (out->kind == ADDRESS_NO_MAIL)
		return 0;
	if (!address_is_local(str_first(address, at)))
		return 0;
	local = str_lower(a, str_first(address, at));
	return out->relayed ? try_relayed(q, domain, local, out, err) :
	    try_all(q, domain, local, first, out, err);
}

int
resolve_account(struct sql *q, struct arena *a, struct str address,
    uint64_t *account, struct err *err)
{
	struct str domain, local;

	*account = 0;
	if (!address_key(address, a, &domain, &local))
		return 0;
	return sql_number(q, SQL_address_get, SQL_VALS(vs(domain),
	    vs(local)), account, err);
}

/* ---- senders ----------------------------------------------------------- */

struct targets {
	struct str *target;
	size_t n;
};

/* All of an alias: a statement cannot be walked while it is asked again. */
static int
targets_of(struct sql *q, struct arena *a, const struct resolved *alias,
    struct targets *out, struct err *err)
{
	enum sql_statement s = SQL_alias_targets;
	uint64_t n = 0;
	int rc = sql_number(q, SQL_alias_count, SQL_VALS(vs(alias->domain),
	    vs(alias->local)), &n, err);

	out->n = 0;
	if (rc == 0 && n > RESOLVE_TARGETS)
		return err_set(err, E_LIMIT, "an alias with too many targets");
	out->target = arena_array(a, n + 1, sizeof(*out->target));
	if (rc == 0)
		rc = sql_first(q, s, SQL_VALS(vs(alias->domain),
		    vs(alias->local)), err);
	while (rc > 0 && out->n < n) {
		out->target[out->n++] = str_dup(a,
		    sql_str(q, alias_targets, target));
		rc = sql_next(q, s, err);
	}
	if (rc > 0)
		sql_end(q, s);
	return rc < 0 ? rc : 0;
}

static int
leads_to(struct sql *q, struct arena *a, const struct resolved *alias,
    uint64_t account, bool *yes, struct err *err)
{
	struct targets t;
	struct resolved who;
	int rc = targets_of(q, a, alias, &t, err);

	*yes = false;
	for (size_t i = 0; i < t.n && rc == 0 && !*yes; i++) {
		rc = resolve_address(q, a, t.target[i], &who, err);
		*yes = rc == 0 && who.kind == ADDRESS_ACCOUNT &&
		    who.account == account;
	}
	return rc;
}

/* Services write for others, where the operator lets them. */
static int
may_by_right(struct sql *q, uint64_t account, const struct resolved *who,
    bool *may, struct err *err)
{
	uint64_t right = SEND_AS_own;
	int rc = sql_number(q, SQL_account_send_as, SQL_VALS(vi(account)),
	    &right, err);

	*may = rc == 0 && (right == SEND_AS_anyone ||
	    (right == SEND_AS_ours && !resolve_is_theirs(who)));
	return rc;
}

int
resolve_named(struct sql *q, struct arena *a, struct str address,
    uint64_t *account, struct err *err)
{
	int rc = resolve_account(q, a, address, account, err);

	return rc < 0 || *account ? rc : err_set(err, E_NOTFOUND,
	    "there is no account %.*s", STR_FMT(address));
}

int
resolve_sender(struct sql *q, struct arena *a, const struct caller *c,
    struct str address, struct err *err)
{
	struct resolved who;
	bool may = false;
	int rc;

	if (address.n == 0)
		return 0;
	if (!address_is_safe(address))
		return err_set(err, E_DENIED, "not an address at all");
	rc = resolve_address(q, a, address, &who, err);
	if (rc < 0)
		return rc;
	if (c->authority == AUTH_LOCAL)
		may = !resolve_is_theirs(&who);
	else if (who.kind == ADDRESS_ACCOUNT)
		may = who.account == c->account;
	else if (who.kind == ADDRESS_ALIAS)
		rc = leads_to(q, a, &who, c->account, &may, err);
	if (rc == 0 && !may && c->authority != AUTH_LOCAL)
		rc = may_by_right(q, c->account, &who, &may, err);
	if (rc == 0 && !may)
		return err_set(err, E_DENIED, "not an address of yours");
	return rc;
}

/* ---- walking along aliases --------------------------------------------- */

struct seen {
	struct str key;
	unsigned walk;		/* in which it was met */
};

void
walk_begin(struct walk *w, struct sql *q, struct arena *a)
{
	*w = (struct walk){ .q = q, .a = a };
}

void
walk_end(struct walk *w)
{
	map_free(&w->seen);
	vec_free(&w->steps);
	vec_free(&w->found);
}

/* Who was met before, or NULL the first time. The sums of two may be the
 * same: then one of them is met again, and the bounds still hold. */
static const struct seen *
meet(struct walk *w, uint64_t kind, uint64_t account, struct str text)
{
	struct str key = str_lower(w->a, text);
	uint32_t sum = crc32c(0, key.p, key.n);
	struct seen *twin = map_get(&w->seen, kind, account, sum);

	if (twin && str_eq(twin->key, key))
		return twin;
	twin = arena_new_of(w->a, struct seen);
	*twin = (struct seen){ key, w->walks };
	map_put(&w->seen, kind, account, sum, twin);
	return NULL;
}

bool
walk_meet(struct walk *w, const struct target *t)
{
	return !(t->account
		? meet(w, ADDRESS_ACCOUNT, t->account, STR_NULL)
		: meet(w, ADDRESS_REMOTE, 0, t->address));
}

static void
add_step(struct walk *w, struct str address, unsigned level)
{
	vec_push(&w->steps, (struct step){ address, level });
}

static void
add_end(struct walk *w, struct str address, uint64_t account)
{
	struct target t = { address, account };

	w->met++;
	if (!walk_meet(w, &t))
		return;
	vec_push(&w->found, t);
}

static int
add_alias(struct walk *w, const struct resolved *alias, unsigned level,
    struct err *err)
{
	struct str name = arena_printf(w->a, "%.*s@%.*s",
	    STR_FMT(alias->local), STR_FMT(alias->domain));
	const struct seen *before = meet(w, ADDRESS_ALIAS, 0, name);
	struct targets t;
	int rc;

	if (before) { /* a loop ends here; an earlier walk had ends of it */
		w->met += before->walk != w->walks;
		return 0;
	}
	if (level >= RESOLVE_LEVELS)
		return err_set(err, E_LIMIT, "aliases lead on for more than "
		    "%d levels", RESOLVE_LEVELS);
	rc = targets_of(w->q, w->a, alias, &t, err);
	w->total += t.n;
	if (rc == 0 && (w->steps.n + t.n > RESOLVE_TARGETS + 1 ||
	    w->total > RESOLVE_MESSAGE))
		return err_set(err, E_LIMIT, "an alias with too many targets");
	for (size_t i = 0; i < t.n && rc == 0; i++)
		add_step(w, t.target[i], level + 1);
	return rc;
}

/* Does it come back to the alias that is about to be? It may not be one yet,
 * so its name counts as well. */
static bool
comes_back(const struct walk *w, struct str address, const struct resolved *who)
{
	struct str domain, local;

	if (w->local.n == 0)
		return false;
	if (who->kind == ADDRESS_ALIAS && str_eq(who->local, w->local) &&
	    str_eq(who->domain, w->domain))
		return true;
	return address_key(address, w->a, &domain, &local) &&
	    str_eq(domain, w->domain) && str_eq(local, w->local);
}

static int
take_step(struct walk *w, struct step s, struct err *err)
{
	struct resolved who;
	int rc = resolve_address(w->q, w->a, s.address, &who, err);

	if (rc < 0)
		return rc;
	w->returns |= comes_back(w, s.address, &who);
	if (who.kind == ADDRESS_ALIAS)
		return add_alias(w, &who, s.level, err);
	if (who.kind == ADDRESS_ACCOUNT || who.kind == ADDRESS_REMOTE ||
	    who.kind == ADDRESS_RELAYED)
		add_end(w, s.address, who.account);
	return 0;
}

int
walk_along(struct walk *w, struct str address, struct err *err)
{
	int rc = 0;

	w->steps.n = w->met = 0;
	w->walks++;
	add_step(w, address, 0);
	for (size_t i = 0; i < w->steps.n && rc == 0 &&
	    !(w->to_the_first && w->met); i++)
		rc = take_step(w, w->steps.p[i], err);
	return rc;
}
