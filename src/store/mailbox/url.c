/*
 * url.c - STORE_url_sign, STORE_url_content, STORE_url_keys_renew: what people
 * let others read by a URL.                                       RFC 4467
 *
 * A token is an octet that says how it was made, and HMAC-SHA-256 over the
 * claim with a key of the person for that mailbox. What is named in it is
 * signed as the number that it stands for, so an address or a name that means
 * somebody or something else later is another claim.
 */
#include <sodium.h>

#include "store/address/address.h"
#include "store/engine/engine_int.h"
#include "store/engine/reach.h"

enum { KEY_LEN = crypto_auth_hmacsha256_KEYBYTES, TOKEN_HMAC_SHA_256 = 1 };
_Static_assert(URL_TOKEN_LEN == 1 + crypto_auth_hmacsha256_BYTES,
    "a token is an octet and a sum");

/* Where a claim leads. */
struct url_place {
	uint64_t person;	/* who signed it */
	uint64_t account, mailbox;
	uint64_t uidvalidity;
	uint64_t whom;		/* who may use it; 0: nobody is called so */
	unsigned char key[KEY_LEN];
};

/* 0: nobody. */
static int
who_is(struct sql *q, struct arena *a, struct str address, uint64_t *account,
    struct err *err)
{
	struct str domain, local;

	*account = 0;
	if (!address_key(address, a, &domain, &local))
		return 0;
	return sql_number(q, SQL_address_get, SQL_VALS(vs(domain), vs(local)),
	    account, err);
}

/* 1, or 0: there is none. */
static int
key_get(struct sql *q, struct url_place *p, struct err *err)
{
	enum sql_statement s = SQL_url_key_get;
	struct str key;
	int rc = sql_first(q, s, SQL_VALS(vi(p->person), vi(p->account),
	    vi(p->mailbox)), err);

	if (rc <= 0)
		return rc;
	key = sql_str(q, url_key_get, key);
	if (key.n == KEY_LEN)
		memcpy(p->key, key.p, KEY_LEN);
	rc = key.n == KEY_LEN ? 1 : err_set(err, E_DAMAGED, "a key for URLs "
	    "of %zu octets", key.n);
	sql_end(q, s);
	return rc;
}

static void
token_of(const struct url_place *p, const struct url_claim *claim,
    unsigned char token[URL_TOKEN_LEN])
{
	crypto_auth_hmacsha256_state state;
	auto_buf b = BUF_INIT(RUMP_MAX + 100);

	buf_le64(&b, p->person);
	buf_le64(&b, p->account);
	buf_le64(&b, p->mailbox);
	buf_le64(&b, p->uidvalidity);
	buf_le64(&b, claim->uid);
	buf_le64(&b, (uint64_t)claim->expires);
	buf_le64(&b, claim->access);
	buf_le64(&b, p->whom);
	buf_str(&b, claim->rump);
	bug_if(buf_failed(&b));
	token[0] = TOKEN_HMAC_SHA_256;
	(void)crypto_auth_hmacsha256_init(&state, p->key, sizeof(p->key));
	(void)crypto_auth_hmacsha256_update(&state, (unsigned char *)b.p, b.n);
	(void)crypto_auth_hmacsha256_final(&state, token + 1);
	sodium_memzero(&state, sizeof(state));
}

/* ---- signing ------------------------------------------------------------- */

/* Who asks, whosever mailbox it is. */
static uint64_t
asker(const struct caller *c)
{
	return caller_reader(c) ? caller_reader(c) : c->account;
}

static int
key_need(struct engine *e, struct url_place *p, struct err *err)
{
	int rc = key_get(&e->w, p, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	e->o.random(e->o.arg, p->key, KEY_LEN);
	return sql_run(&e->w, SQL_url_key_add, SQL_VALS(vi(p->person),
	    vi(p->account), vi(p->mailbox),
	    vs(str_make((const char *)p->key, KEY_LEN))), err);
}

int
write_url_sign(struct engine *e, struct write *w)
{
	const struct url_sign_ask *ask = w->ask;
	struct url_place p = { .account = w->caller->account };
	struct url_claim claim = { 0 };
	unsigned char *token = arena_alloc(e->arena, URL_TOKEN_LEN);
	uint64_t self = asker(w->caller);
	struct mbox *m;
	int rc;

	MSG_COPY(url_claim, &claim, ask);
	if (claim.access < ACCESS_anonymous || claim.access > ACCESS_submit ||
	    claim.uid == 0)
		return err_set(&w->err, E_INVALID, "no claim");
	rc = who_is(&e->w, e->arena, claim.owner, &p.person, &w->err);
	if (rc == 0 && p.person != self)
		return err_set(&w->err, E_NORIGHT, "somebody else's URL");
	if (rc == 0)
		rc = mbox_find(e, p.account, claim.name, &m, &w->err);
	if (rc == 0 && claim.uidvalidity &&
	    claim.uidvalidity != m->uidvalidity)
		return err_set(&w->err, E_NOTFOUND, "no such mailbox");
	if (rc == 0)
		rc = who_is(&e->w, e->arena, claim.who, &p.whom, &w->err);
	if (rc < 0)
		return rc;
	p.mailbox = m->mailbox;
	p.uidvalidity = m->uidvalidity;
	rc = key_need(e, &p, &w->err);
	if (rc < 0)
		return rc;
	token_of(&p, &claim, token);
	sodium_memzero(p.key, sizeof(p.key));
	w->answer.url_sign.token = str_make((char *)token, URL_TOKEN_LEN);
	return 0;
}

/* A key is made when the next one is needed. */
int
write_url_keys_renew(struct engine *e, struct write *w)
{
	const struct url_keys_renew_ask *ask = w->ask;
	uint64_t self = asker(w->caller);
	struct mbox *m;
	int rc;

	if (ask->name.n == 0)
		return sql_run(&e->w, SQL_url_key_del_person,
		    SQL_VALS(vi(self)), &w->err);
	rc = mbox_find(e, w->caller->account, ask->name, &m, &w->err);
	return rc < 0 ? rc : sql_run(&e->w, SQL_url_key_del, SQL_VALS(
	    vi(self), vi(m->account), vi(m->mailbox)), &w->err);
}

/* ---- reading ------------------------------------------------------------- */

static int
is_none(struct err *err)
{
	return err_set(err, E_NOTFOUND, "nothing is to be had by this URL");
}

/* 1, or 0: it leads nowhere, and the key is none. */
static int
find_place(struct reader *r, const struct url_claim *claim,
    struct url_place *p, struct err *err)
{
	struct caller owner = { .authority = AUTH_ACCOUNT };
	int rc = who_is(&r->q, r->arena, claim->owner, &p->person, err);

	if (rc == 0)
		rc = who_is(&r->q, r->arena, claim->who, &p->whom, err);
	owner.account = p->person;
	if (rc == 0)
		rc = reach_find(&r->q, r->arena, &owner, claim->name, RIGHT_r,
		    &p->account, &p->mailbox, err);
	if (rc == 0)
		rc = sql_number(&r->q, SQL_url_uidvalidity, SQL_VALS(
		    vi(p->account), vi(p->mailbox)), &p->uidvalidity, err);
	if (rc == 0)
		rc = key_get(&r->q, p, err);
	return rc == E_NOTFOUND || rc == E_NORIGHT ? 0 : rc;
}

/* Is it for who asks? */
static bool
may_use(const struct caller *c, const struct url_claim *claim,
    const struct url_place *p)
{
	switch (claim->access) {
	case ACCESS_anonymous:
	case ACCESS_authuser:
		return true;
	case ACCESS_user:
		return p->whom == c->account;
	case ACCESS_submit:
		return p->whom == c->account && c->worker == SERVICE_smtp;
	default:
		return false;
	}
}

static bool
is_good(struct reader *r, const struct caller *c,
    const struct url_claim *claim, const struct url_place *p,
    struct str token)
{
	unsigned char want[URL_TOKEN_LEN];

	token_of(p, claim, want);
	if (token.n != sizeof(want) ||
	    sodium_memcmp(token.p, want, sizeof(want)) != 0)
		return false;
	return may_use(c, claim, p) && (claim->uidvalidity == 0 ||
	    claim->uidvalidity == p->uidvalidity) && (claim->expires == 0 ||
	    engine_now_us(r->e) / 1000000 <= claim->expires);
}

int
read_url_content(struct reader *r, const struct caller *c,
    const struct url_content_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct url_content_answer *out = &answer->url_content;
	struct content_answer octets = { 0 };
	struct url_claim claim = { 0 };
	struct url_place p = { 0 };
	bool good;
	int rc;

	MSG_COPY(url_claim, &claim, ask);
	rc = find_place(r, &claim, &p, err);
	if (rc < 0)
		return rc;
	/* RFC 4467 6: also where there is no such mailbox, to take as long. */
	good = is_good(r, c, &claim, &p, ask->token) && rc > 0;
	sodium_memzero(p.key, sizeof(p.key));
	if (!good)
		return is_none(err);
	rc = sql_number(&r->q, SQL_url_message, SQL_VALS(vi(p.account),
	    vi(p.mailbox), vi(claim.uid)), &out->size, err);
	if (rc < 0 || out->size == 0)
		return rc < 0 ? rc : is_none(err);
	rc = content_octets(r, p.account, &(struct content_ask){
	    .mailbox = p.mailbox, .uid = claim.uid, .offset = ask->offset,
	    .len = ask->len, .want = ask->want }, &octets, err);
	out->prefix = octets.prefix;
	out->octets = octets.octets;
	out->total = octets.total;
	out->facts = octets.facts;
	out->checked = octets.checked;
	return rc;
}
