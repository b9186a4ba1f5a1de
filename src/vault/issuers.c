#include "vault/issuers.h"

#include <sodium.h>

#include "base/list.h"
#include "errand/issuer_words.h"
#include "rt/config.h"
#include "vault/jwt.h"
#include "vault/token_judge.h"

enum {
	KEYS_MEMORY = JWK_TEXT_MAX + 4096,
	FILE_MEMORY = 1 << 18,
	SET_MEMORY = 1 << 17,
};

/* One of the configuration. */
struct issuer {
	struct issuer_set *set;
	struct oauth_conf conf;
	struct jwt_keys keys;	/* n 0: none yet */
	int64_t fetched_ms;
	int64_t again_ms;	/* not before */
	bool fetching;
	struct list waiters;
};

/* What an issuer said of a token. */
struct known_token {
	uint8_t hash[crypto_generichash_BYTES];
	int64_t until_ms;	/* 0: free */
	int64_t until;
	char address[321];
};

/* Those of one configuration: goes with the last who uses it. */
struct issuer_set {
	struct issuers *s;
	size_t refs;
	struct arena *memory;
	struct str text;	/* of the configuration */
	struct issuer issuer[OAUTH_ISSUERS_MAX];
	size_t n;
	struct known_token known[ISSUERS_TOKENS];
};

struct issuers {
	struct loop *loop;
	OSSL_LIB_CTX *lib;
	struct errand *errand;
	struct issuer_set *set;	/* NULL: nobody has asked yet */
};

struct waiter {
	struct list_link link;
	struct fiber *fiber;
};

/* One token. */
struct proof_of_token {
	struct issuer_set *set;
	struct str token, user;
	struct arena *a;
	int64_t until_ms;
	struct proven_token *out;
};

/* ---- the set ------------------------------------------------------------- */

static void
note_failed(const struct issuer *i, struct str why)
{
	log_event(loop_log(i->set->s->loop), LOG_WARN, "issuer_failed",
	    F_STR("issuer", i->conf.issuer), F_STR("why", why));
}

/* The operator's own file. */
static void
take_file(struct issuer *i)
{
	struct arena *a = arena_new(FILE_MEMORY);
	struct str rows;
	const char *wrong = issuer_read_keys(i->conf.keys, a, &rows);

	if (wrong)
		note_failed(i, str_c(wrong));
	else
		jwt_keys_take(&i->keys, rows, i->set->s->lib);
	arena_free(a);
}

static struct issuer_set *
set_new(struct issuers *s, struct str oauth)
{
	struct issuer_set *set = calloc(1, sizeof(*set));
	struct rd r;

	bug_if(!set);
	set->s = s;
	set->refs = 1;
	set->memory = arena_new(SET_MEMORY);
	set->text = str_dup(set->memory, oauth);
	r = rd_of(set->text);
	while (set->n < OAUTH_ISSUERS_MAX && rd_left(&r) > 0) {
		struct issuer *i = &set->issuer[set->n];

		if (!msg_take(&r, &oauth_conf_shape, &i->conf))
			break;
		i->set = set;
		if (i->conf.keys.n > 0)
			take_file(i);
		set->n++;
	}
	return set;
}

static void
set_unref(struct issuer_set *set)
{
	if (!set || --set->refs > 0)
		return;
	for (size_t i = 0; i < set->n; i++)
		jwt_keys_free(&set->issuer[i].keys);
	arena_free(set->memory);
	free(set);
}

/* That of this configuration; the caller has a share in it. */
static struct issuer_set *
set_of(struct issuers *s, struct str oauth)
{
	if (!s->set || !str_eq(s->set->text, oauth)) {
		set_unref(s->set);
		s->set = set_new(s, oauth);
	}
	s->set->refs++;
	return s->set;
}

struct issuers *
issuers_new(struct loop *l, OSSL_LIB_CTX *lib)
{
	struct issuers *s = calloc(1, sizeof(*s));

	bug_if(!s);
	*s = (struct issuers){ .loop = l, .lib = lib,
		.errand = errand_new(l, -1) };
	return s;
}

void
issuers_free(struct issuers *s)
{
	if (!s)
		return;
	set_unref(s->set);
	errand_free(s->errand);
	free(s);
}

void
issuers_connect(struct issuers *s, int fd)
{
	errand_replace(s->errand, fd);
}

/* ---- keys ---------------------------------------------------------------- */

static bool
signs(const struct issuer *i)
{
	return i->conf.keys.n > 0 || i->conf.keys_url.n > 0 ||
	    i->conf.introspection.n == 0;
}

static bool
fetches(const struct issuer *i)
{
	return signs(i) && i->conf.keys.n == 0;
}

static void
take_keys(struct issuer *i, struct str rows)
{
	struct jwt_keys *new = calloc(1, sizeof(*new));

	bug_if(!new);
	jwt_keys_take(new, rows, i->set->s->lib);
	if (new->n == 0) {
		note_failed(i, STR("none of its keys can be one"));
	} else {
		jwt_keys_free(&i->keys);
		i->keys = *new;
		i->fetched_ms = loop_now_ms(i->set->s->loop);
	}
	free(new);
}

static void
fetch_fiber(void *arg)
{
	struct issuer *i = arg;
	struct issuer_set *set = i->set;
	struct loop *l = set->s->loop;
	struct arena *a = arena_new(KEYS_MEMORY);
	struct issuer_keys_answer answer = { 0 };
	struct err err = { 0 };
	int e = errand_issuer_keys(set->s->errand, i->conf.issuer, &answer, a,
	    loop_now_ms(l) + ISSUERS_WAIT_MS, &err);
	bool good = e == 0 && answer.result == ERRAND_DONE;

	if (good)
		take_keys(i, answer.keys);
	else if (e != E_CANCELED)
		note_failed(i, e < 0 ? str_c(err.text) : answer.why);
	i->again_ms = loop_now_ms(l) + (good ? ISSUERS_AGAIN_MS :
	    ISSUERS_FAILED_MS);
	i->fetching = false;
	for (struct waiter *w; (w = list_pop(struct waiter, &i->waiters,
	    link)); )
		fiber_wake(l, w->fiber);
	arena_free(a);
	set_unref(set);
}

/* Unless it is under way, or was a moment ago. */
static void
begin_fetch(struct issuer *i)
{
	struct loop *l = i->set->s->loop;

	if (!fetches(i) || i->fetching || loop_now_ms(l) < i->again_ms)
		return;
	i->fetching = true;
	i->set->refs++;
	(void)fiber_spawn(l, "issuer", fetch_fiber, i);
}

static int
wait_fetched(struct issuer *i, int64_t until_ms)
{
	struct loop *l = i->set->s->loop;
	struct waiter w = { .fiber = fiber_self(l) };
	int e = 0;

	while (i->fetching && e == 0) {
		list_append(&i->waiters, &w.link);
		e = fiber_wait(l, until_ms);
		list_unlink(&w.link);
	}
	return e == E_CANCELED ? e : 0;
}

/* Too old ones are none. */
static bool
has_keys(const struct issuer *i)
{
	return i->keys.n > 0 && (!fetches(i) ||
	    loop_now_ms(i->set->s->loop) - i->fetched_ms < ISSUERS_KEPT_MS);
}

static void
keep_fresh(struct issuer *i)
{
	if (loop_now_ms(i->set->s->loop) - i->fetched_ms >= ISSUERS_FRESH_MS)
		begin_fetch(i);
}

/* ---- tokens that are signed ---------------------------------------------- */

/* E_STALE: a token that was good once, which is no guess. */
static int
refuse(const struct token_claims *c, const struct issuer *i, const char *why,
    struct err *err)
{
	bool over = c->expires != 0 &&
	    loop_wall(i->set->s->loop) - TOKEN_LEEWAY_S >= c->expires;

	return err_set(err, over ? E_STALE : E_DENIED, "%s", why);
}

static int
judge(struct proof_of_token *p, const struct issuer *i,
    const struct token_claims *c, bool signed_by_it, struct err *err)
{
	const char *wrong = token_judge(c, &i->conf, signed_by_it,
	    loop_wall(p->set->s->loop), p->a, &p->out->address);

	p->out->until = c->expires;
	return wrong ? refuse(c, i, wrong, err) : 0;
}

/* Issuers of one house may have the same keys: which of them it is, the token
 * says. E_NOTFOUND: none of those whose keys there are. */
static int
try_keys(struct proof_of_token *p, const struct jwt *t, struct err *err)
{
	int e = err_set(err, E_NOTFOUND, "a token that nobody here has signed");

	for (size_t n = 0; n < p->set->n; n++) {
		struct issuer *i = &p->set->issuer[n];
		struct token_claims c = { 0 };
		const struct jwt_key *by;
		enum jws_alg alg;
		const char *wrong;

		if (!has_keys(i) || !(by = jwt_prove(&i->keys, t,
		    p->set->s->lib, &alg)))
			continue;
		wrong = jwt_read(t, by, alg, i->conf.claim, p->a, &c);
		keep_fresh(i);	/* by may be gone from here on */
		if (wrong)
			return err_set(err, E_DENIED, "%s", wrong);
		if (c.iss.n == 0 || str_eq(c.iss, i->conf.issuer))
			return judge(p, i, &c, true, err);
		e = err_set(err, E_NOTFOUND, "a token of another issuer");
	}
	return e;
}

/* Could it say who this is? So nobody waits for an issuer of others. */
static bool
may_be_of(const struct issuer *i, struct str user)
{
	return user.n == 0 || token_domain_fits(&i->conf,
	    str_from(user, str_rchr(user, '@') + 1));
}

/* Is there one whose keys nobody knows? */
static bool
misses_keys(const struct proof_of_token *p)
{
	for (size_t n = 0; n < p->set->n; n++) {
		const struct issuer *i = &p->set->issuer[n];

		if (fetches(i) && may_be_of(i, p->user) && !has_keys(i))
			return true;
	}
	return false;
}

/* They are all asked at once. */
static int
fetch_all(struct proof_of_token *p)
{
	struct issuer *i = p->set->issuer;
	int e = 0;

	for (size_t n = 0; n < p->set->n; n++)
		if (may_be_of(&i[n], p->user))
			begin_fetch(&i[n]);
	for (size_t n = 0; n < p->set->n && e == 0; n++)
		if (may_be_of(&i[n], p->user))
			e = wait_fetched(&i[n], p->until_ms);
	return e;
}

static int
prove_signed(struct proof_of_token *p, const struct jwt *t, struct err *err)
{
	int e = try_keys(p, t, err);

	if (e != E_NOTFOUND)
		return e;
	if (fetch_all(p) < 0)
		return err_set(err, E_CANCELED, "vault is ending");
	e = try_keys(p, t, err);
	if (e == E_NOTFOUND && misses_keys(p))
		return err_set(err, E_TIMEOUT, "the keys of an issuer of "
		    "tokens are not known now");
	return e;
}

/* ---- tokens that are asked about ----------------------------------------- */

/* A token is shown to one issuer only: which, says who it is for. */
static struct issuer *
whom_to_ask(const struct proof_of_token *p, struct err *err)
{
	struct issuer *found = NULL;

	for (size_t n = 0; n < p->set->n; n++) {
		struct issuer *i = &p->set->issuer[n];

		if (i->conf.introspection.n == 0 || !may_be_of(i, p->user))
			continue;
		if (found) {
			(void)err_set(err, E_DENIED, "a token of nobody knows "
			    "which issuer: it has to say who it is");
			return NULL;
		}
		found = i;
	}
	if (!found)
		(void)err_set(err, E_DENIED,
		    "a token that nobody here has issued");
	return found;
}

static void
hash_token(const struct issuer *i, struct str token, uint8_t out[])
{
	uint64_t n = i->conf.issuer.n;	/* no pair reads as another */
	crypto_generichash_state h;

	(void)crypto_generichash_init(&h, NULL, 0, crypto_generichash_BYTES);
	(void)crypto_generichash_update(&h, (const uint8_t *)&n, sizeof(n));
	(void)crypto_generichash_update(&h,
	    (const uint8_t *)i->conf.issuer.p, i->conf.issuer.n);
	(void)crypto_generichash_update(&h, (const uint8_t *)token.p,
	    token.n);
	(void)crypto_generichash_final(&h, out, crypto_generichash_BYTES);
}

static bool
find_known(struct proof_of_token *p, const uint8_t hash[])
{
	int64_t now_ms = loop_now_ms(p->set->s->loop);

	for (size_t n = 0; n < ISSUERS_TOKENS; n++) {
		const struct known_token *k = &p->set->known[n];

		if (now_ms >= k->until_ms ||
		    memcmp(k->hash, hash, sizeof(k->hash)) != 0 ||
		    (k->until && loop_wall(p->set->s->loop) >= k->until))
			continue;
		*p->out = (struct proven_token){ str_dup(p->a,
		    str_c(k->address)), k->until };
		return true;
	}
	return false;
}

/* In the place of the oldest. */
static void
keep_known(struct proof_of_token *p, const uint8_t hash[])
{
	struct known_token *to = &p->set->known[0];

	for (size_t n = 1; n < ISSUERS_TOKENS; n++)
		if (p->set->known[n].until_ms < to->until_ms)
			to = &p->set->known[n];
	memcpy(to->hash, hash, sizeof(to->hash));
	to->until_ms = loop_now_ms(p->set->s->loop) + ISSUERS_TOKEN_MS;
	to->until = p->out->until;
	(void)snprintf(to->address, sizeof(to->address), "%.*s",
	    STR_FMT(p->out->address));
}

static int
ask_issuer(struct proof_of_token *p, const struct issuer *i, struct err *err)
{
	struct introspect_answer answer = { 0 };
	struct token_claims c = { 0 };
	int e = errand_introspect(p->set->s->errand, i->conf.issuer, p->token,
	    &answer, p->a, p->until_ms, err);

	if (e == E_CANCELED)
		return e;
	if (e < 0 || answer.result != ERRAND_DONE) {
		note_failed(i, e < 0 ? str_c(err->text) : answer.why);
		return err_set(err, E_TIMEOUT,
		    "an issuer of tokens cannot be asked now");
	}
	if (!answer.active)
		return err_set(err, E_DENIED,
		    "a token that its issuer does not know");
	MSG_COPY(token_claims, &c, &answer);
	return judge(p, i, &c, false, err);
}

static int
prove_by_asking(struct proof_of_token *p, struct err *err)
{
	const struct issuer *i = whom_to_ask(p, err);
	uint8_t hash[crypto_generichash_BYTES];
	int e;

	if (!i)
		return err->code;
	hash_token(i, p->token, hash);
	if (find_known(p, hash))
		return 0;
	e = ask_issuer(p, i, err);
	if (e == 0)
		keep_known(p, hash);
	return e;
}

/* ---- all of it ----------------------------------------------------------- */

static bool
any(const struct issuer_set *set, bool (*is)(const struct issuer *i))
{
	for (size_t n = 0; n < set->n; n++)
		if (is(&set->issuer[n]))
			return true;
	return false;
}

static bool
is_asked(const struct issuer *i)
{
	return i->conf.introspection.n > 0;
}

int
issuers_prove(struct issuers *s, struct str oauth, struct str token,
    struct str user, struct arena *a, int64_t until_ms,
    struct proven_token *out, struct err *err)
{
	int64_t wait_ms = loop_now_ms(s->loop) + ISSUERS_WAIT_MS;
	struct proof_of_token p = { set_of(s, oauth), token, user, a,
		until_ms < wait_ms ? until_ms : wait_ms, out };
	struct jwt t;
	int e = err_set(err, E_NOTFOUND, "a token that nobody here has "
	    "signed");

	if (any(p.set, signs) && jwt_split(token, a, &t))
		e = prove_signed(&p, &t, err);
	if (e == E_NOTFOUND && any(p.set, is_asked))
		e = prove_by_asking(&p, err);
	set_unref(p.set);
	if (e != E_NOTFOUND)
		return e;
	err->code = E_DENIED;
	return E_DENIED;
}
