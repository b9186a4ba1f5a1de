#include "store/directory/recipients.h"

#include "store/directory/resolve.h"

struct rcpt_gathering {
	struct engine *e;
	uint32_t authority;
	struct str reverse_path;
	bool may_tell;		/* the sender, of what is passed on */
	const struct recipient *from;	/* as named */
	size_t nfrom;
	uint64_t divert;	/* who gets what would leave; 0: nobody */
	struct recipients *out;
	struct err *err;
	struct walk walk;
	struct str forwarder;	/* the domain of the first alias that leads
				 * elsewhere; empty: none does */
};

static void
add_recipient(struct rcpt_gathering *g, const struct recipient *r)
{
	struct recipients *out = g->out;
	const struct recipient **p;

	if (out->n == out->room) {
		out->room = 2 * out->room + g->nfrom;
		p = arena_array(g->e->arena, out->room, sizeof(*p));
		if (out->n)
			memcpy(p, out->rcpt, out->n * sizeof(*p));
		out->rcpt = p;
	}
	out->rcpt[out->n++] = r;
	out->nlocal += r->account != 0;
	out->nremote += r->account == 0;
}

bool
recipients_may_tell(const struct caller *c, const struct submit_ask *ask)
{
	return c->authority & (AUTH_ACCOUNT | AUTH_LOCAL) ||
	    (c->authority == AUTH_MX && (ask->sender_proven ||
		ask->handed_by.n == 0));
}

uint32_t
notify_without_success(uint32_t notify)
{
	uint32_t less = notify & ~(uint32_t)NOTIFY_success;

	return less || !notify ? less : NOTIFY_never;
}

/* NOTIFY goes along with an alias that is one address by another name
 * (RFC 3461 5.2.7.2); of one with several only that failure and delay are to
 * be told (5.2.7.3 c). Whom it leads to no stranger learns: any alias is as a
 * list to them (5.2.7.4). */
static bool
is_list(const struct rcpt_gathering *g)
{
	return g->walk.met > 1 || g->authority == AUTH_MX;
}

static void
note_expanded(struct rcpt_gathering *g, const struct recipient *r)
{
	struct recipients *out = g->out;

	if (!is_list(g) || !(r->notify & NOTIFY_success))
		return;
	if (!out->expanded)
		out->expanded = arena_array(g->e->arena, g->nfrom,
		    sizeof(*out->expanded));
	out->expanded[out->nexpanded++] = r;
}

/* The address that was written, for the report and the next server, where the
 * sender has not said another. In xtext; beyond ASCII as characters of
 * utf-8-addr-xtext.          RFC 3461 4, 4.2, 5.2.1 d, 5.2.7; RFC 6533 3 */
static struct str
orcpt_of(struct arena *a, struct str address)
{
	bool ascii = str_is_ascii(address);
	auto_buf b = BUF_INIT(500);

	buf_str(&b, ascii ? STR("rfc822;") : STR("utf-8;"));
	for (size_t i = 0; i < address.n;) {
		unsigned char c = (unsigned char)address.p[i++];
		uint32_t v = c < 0x80 ? c : c < 0xe0 ? c & 0x1fU :
		    c < 0xf0 ? c & 0x0fU : c & 0x07U;

		for (; c >= 0xc0 && i < address.n &&
		    (address.p[i] & 0xc0) == 0x80; i++)
			v = v << 6 | ((unsigned char)address.p[i] & 0x3fU);
		if (c > ' ' && c < 0x7f && c != '+' && c != '=' && c != '\\')
			buf_chr(&b, (char)c);
		else
			buf_printf(&b, ascii ? "+%02X" : "\\x{%02X}",
			    (unsigned)v);
	}
	return buf_failed(&b) ? STR_NULL : str_dup(a, buf_get(&b));
}

/* Where an address of ours leads, as things are now. `from` is what it stands
 * for: itself, or the sender that a rewritten reverse-path was made of, who is
 * told of no other address than his own. */
static int
expand(struct rcpt_gathering *g, const struct recipient *r, struct str from)
{
	size_t before = g->walk.found.n, i;
	struct recipient *to;
	int rc = walk_along(&g->walk, from, g->err);

	if (rc < 0)
		return rc;
	if (g->walk.met == 0)
		return err_set(g->err, E_BUSY, "a recipient has just gone");
	note_expanded(g, r);
	for (i = before; i < g->walk.found.n; i++) {
		const struct target *t = &g->walk.found.p[i];
		uint64_t account = t->account ? t->account : g->divert;

		if (account != t->account && !walk_meet(&g->walk,
		    &(struct target){ .account = account }))
			continue;
		to = arena_new_of(g->e->arena, struct recipient);
		*to = *r;	/* what is carried on stays */
		to->address = t->address;
		to->account = account;
		to->ours = false;
		if (is_list(g))
			to->notify = notify_without_success(r->notify);
		/* Whose that one is nobody here knows.    RFC 7293 8.2, 8.3 */
		to->rrvs = RRVS_unsaid;
		to->valid_since = 0;
		to->via = r->address;
		to->shared = g->walk.met > 1;
		if (to->account == 0 && to->orcpt.n == 0)
			to->orcpt = orcpt_of(g->e->arena, from);
		add_recipient(g, to);
		if (to->account == 0 && g->forwarder.n == 0)
			g->forwarder = str_from(r->address,
			    str_rchr(r->address, '@') + 1);
	}
	return 0;
}

/* Of a domain that is passed on: as it came, and from whom it came. Who may
 * have been named as its sender by somebody else is told of no failure: he
 * would be written to for what he never sent. */
static int
pass_on(struct rcpt_gathering *g, const struct recipient *r)
{
	struct recipient *to = arena_new_of(g->e->arena, struct recipient);

	*to = *r;
	to->ours = false;
	if (!g->may_tell)
		to->notify = NOTIFY_never;
	if (walk_meet(&g->walk, &(struct target){ to->address, 0 }))
		add_recipient(g, to);
	return 0;
}

/* What is in the handle was true when rcpt was answered, and the reverse-path
 * was not known to store then. */
static int
resolve(struct rcpt_gathering *g, const struct recipient *r)
{
	struct engine *e = g->e;
	struct resolved who;
	struct str back;
	int rc = resolve_address(&e->w, e->arena, r->address, &who, g->err);

	if (rc < 0)
		return rc;
	if (who.kind == ADDRESS_ACCOUNT || who.kind == ADDRESS_ALIAS)
		return expand(g, r, r->address);
	if (who.kind == ADDRESS_RELAYED && g->authority == AUTH_MX)
		return pass_on(g, r);
	if (who.kind == ADDRESS_SRS && g->reverse_path.n == 0 &&
	    srs_return(&e->srs_key, str_first(r->address,
	    str_rchr(r->address, '@')), e->now_s, e->arena, &back))
		return expand(g, r, back);
	return err_set(g->err, E_BUSY, "a recipient has just gone");
}

static int
add_direct(struct rcpt_gathering *g, const struct recipient *r)
{
	uint32_t who = g->authority;

	if (!address_is_safe(r->address))
		return err_set(g->err, E_INVALID, "unusable address");
	if (r->ours)
		return 0;
	if (r->account == 0 && who != AUTH_ACCOUNT && who != AUTH_LOCAL)
		return err_set(g->err, E_DENIED, "no relaying");
	if (walk_meet(&g->walk, &(struct target){ r->address, r->account }))
		add_recipient(g, r);
	return 0;
}

/* Mail of the world that is sent on says so in its reverse-path. What is of
 * our own domains may come from here, and nobody's stays nobody's. What people
 * and programs here hand in leaves as they wrote it, also where the operator
 * lets them write as anybody. So one reverse-path is right for all of a
 * message's remote recipients. */
static int
set_return_path(struct rcpt_gathering *g)
{
	struct engine *e = g->e;
	struct resolved from;
	int rc;

	g->out->return_path = g->reverse_path;
	if (g->authority != AUTH_MX || g->forwarder.n == 0 ||
	    g->reverse_path.n == 0)
		return 0;
	rc = resolve_address(&e->w, e->arena, g->reverse_path, &from,
	    g->err);
	if (rc < 0 || !resolve_is_theirs(&from))
		return rc;
	/* One that cannot be rewritten stays as it is: better that a bounce
	 * finds its way than that SPF holds. */
	(void)srs_rewrite(&e->srs_key, g->reverse_path, g->forwarder,
	    e->now_s, e->arena, &g->out->return_path);
	return 0;
}

static int
gather(struct rcpt_gathering *g)
{
	size_t i;
	int rc = 0;

	/* Who is named gets it under that name, whatever aliases say. */
	for (i = 0; i < g->nfrom && rc == 0; i++)
		if (!g->from[i].reports)
			rc = add_direct(g, &g->from[i]);
	for (i = 0; i < g->nfrom && rc == 0; i++)
		if (g->from[i].ours)
			rc = resolve(g, &g->from[i]);
	/* Whose account it is gets it also by another name. */
	for (i = 0; i < g->nfrom && rc == 0; i++)
		if (g->from[i].reports)
			rc = add_direct(g, &g->from[i]);
	if (rc == 0 && g->out->n == 0)
		return err_set(g->err, E_INVALID, "no recipients");
	return rc < 0 ? rc : set_return_path(g);
}

static int
gather_all(struct rcpt_gathering *g)
{
	int rc;

	*g->out = (struct recipients){ 0 };
	rc = resolve_account(&g->e->w, g->e->arena, g->e->o.divert,
	    &g->divert, g->err);
	if (rc < 0)
		return rc;
	walk_begin(&g->walk, &g->e->w, g->e->arena);
	rc = gather(g);
	walk_end(&g->walk);
	return rc;
}

/* RFC 3461 5.2.3; what was promised to nobody. */
static const struct recipient *
without_success(struct engine *e, const struct recipient *named, size_t n)
{
	struct recipient *r = arena_array(e->arena, n, sizeof(*r));

	for (size_t i = 0; i < n; i++) {
		r[i] = named[i];
		r[i].notify = notify_without_success(named[i].notify);
	}
	return r;
}

int
recipients_gather(struct engine *e, const struct write *w,
    const struct recipient *named, size_t n, struct recipients *out,
    struct err *err)
{
	const struct submit_ask *ask = w->ask;
	bool may_tell = recipients_may_tell(w->caller, ask);
	struct rcpt_gathering g = { .e = e, .out = out, .err = err,
		.authority = w->caller->authority,
		.reverse_path = ask->reverse_path,
		.may_tell = may_tell,
		.from = may_tell ? named : without_success(e, named, n),
		.nfrom = n };

	return gather_all(&g);
}

static int
leads_nowhere(struct engine *e, struct str alias, bool *nowhere,
    struct err *err)
{
	struct walk w;
	int rc;

	walk_begin(&w, &e->w, e->arena);
	w.to_the_first = true;
	rc = walk_along(&w, alias, err);
	*nowhere = w.met == 0;
	walk_end(&w);
	return rc == E_LIMIT ? 0 : rc;
}

int
recipients_again(struct engine *e, struct recipient *r, struct err *err)
{
	struct resolved who;
	bool nowhere = false;
	int rc = resolve_address(&e->w, e->arena, r->address, &who, err);

	if (rc == 0 && who.kind == ADDRESS_ALIAS)
		rc = leads_nowhere(e, r->address, &nowhere, err);
	if (rc == 0 && (nowhere || address_is_nobodys(who.kind))) {
		rc = resolve_account(&e->w, e->arena, e->o.divert,
		    &r->account, err);
		nowhere &= r->account == 0;
	}
	if (rc < 0)
		return rc;
	if (who.kind == ADDRESS_ACCOUNT)
		r->account = who.account;
	r->ours = who.kind == ADDRESS_ALIAS && r->account == 0;
	return r->account || r->ours ? !nowhere :
	    who.kind == ADDRESS_REMOTE || who.kind == ADDRESS_RELAYED;
}

/* 1: somebody has the address, or may have it elsewhere. */
static int
report_to(struct engine *e, struct str address, struct recipient *to,
    struct err *err)
{
	struct resolved who;
	int rc = resolve_address(&e->w, e->arena, address, &who, err);

	if (rc == 0 && address_is_nobodys(who.kind)) {
		rc = resolve_account(&e->w, e->arena, e->o.divert,
		    &who.account, err);
		who.kind = who.account ? ADDRESS_ACCOUNT : who.kind;
	}
	if (rc < 0)
		return rc;
	*to = (struct recipient){ .address = address,
		.account = who.account, .notify = NOTIFY_never,
		.reports = who.reports,
		.ours = who.kind == ADDRESS_ALIAS ||
		    who.kind == ADDRESS_SRS };
	return who.kind != ADDRESS_UNKNOWN && who.kind != ADDRESS_NO_MAIL;
}

int
recipients_report(struct engine *e, const struct str *to, size_t n,
    struct recipients *out, struct err *err)
{
	struct recipient *r = arena_array(e->arena, n, sizeof(*r));
	/* Store's own doing, on behalf of who sent the message. */
	struct rcpt_gathering g = { .e = e, .out = out, .err = err,
		.authority = AUTH_LOCAL, .from = r };
	int rc = 0;

	for (size_t i = 0; i < n && rc >= 0; i++)
		if ((rc = report_to(e, to[i], &r[g.nfrom], err)) > 0)
			g.nfrom++;
	if (rc < 0)
		return rc;
	if (g.nfrom == 0)
		return err_set(err, E_NOTFOUND, "nobody has the address");
	rc = gather_all(&g);
	return rc == E_BUSY ? err_set(err, E_NOTFOUND, "nobody has the "
	    "address") : rc;
}
