#include "trust/dkim_check.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "trust/dkim_check_int.h"
#include "trust/dkim_signed.h"
#include "trust/dkim_text.h"

struct str
dkim_word(enum dkim_verdict verdict)
{
	static const struct str words[] = { STR("none"), STR("pass"),
		STR("fail"), STR("policy"), STR("neutral"), STR("temperror"),
		STR("permerror") };

	return words[verdict];
}

void
dkim_say(struct dkim_result *r, enum dkim_verdict verdict, const char *why)
{
	r->verdict = verdict;
	r->why = str_c(why);
}

struct dkim_check *
dkim_check_new(OSSL_LIB_CTX *lib)
{
	struct dkim_check *c = calloc(1, sizeof(*c));

	bug_if(!c);
	c->verifier.lib = lib;
	c->verifier.sha256 = EVP_MD_fetch(lib, "SHA256", NULL);
	bug_if(!c->verifier.sha256);
	c->bodies.sha256 = c->verifier.sha256;
	buf_init(&c->header, DKIM_TEXT_HEADER_MAX);
	c->end = HEADER_END_INIT;
	return c;
}

void
dkim_check_free(struct dkim_check *c)
{
	if (!c)
		return;
	dkim_bodies_free(&c->bodies);
	EVP_MD_free(c->verifier.sha256);
	buf_free(&c->header);
	free(c->chain);
	free(c);
}

struct str
dkim_check_header(const struct dkim_check *c)
{
	return buf_failed(&c->header) ? STR_NULL : buf_get(&c->header);
}

void
dkim_check_relaxed(struct dkim_check *c)
{
	c->relaxed = true;
}

struct str
dkim_check_relaxed_hash(const struct dkim_check *c)
{
	return c->relaxed_body ? str_make(
	    (const char *)c->relaxed_body->hash, DKIM_HASH_LEN) : STR_NULL;
}

/* ---- as it comes -------------------------------------------------------- */

static void
read_signatures(struct dkim_check *c)
{
	struct str rest = buf_get(&c->header);
	struct header_field f;

	while (c->nsignatures < DKIM_SIGNATURES_MAX &&
	    header_next(&rest, &f)) {
		struct signed_by *by = &c->by[c->nsignatures];

		if (!str_eqi(f.name, STR("DKIM-Signature")))
			continue;
		by->name = f.name;
		by->wrong = dkim_signature_parse(f.value, &by->s);
		if (!by->wrong && by->s.algorithm != DKIM_RSA_SHA1)
			by->body = dkim_bodies_for(&c->bodies,
			    by->s.simple_body, by->s.has_length,
			    by->s.length);
		c->nsignatures++;
	}
}

/* The newest set first: it has to be good. */
static void
read_chain(struct dkim_check *c)
{
	struct arc_chain *chain = calloc(1, sizeof(*chain));

	bug_if(!chain);
	if (!arc_chain_read(buf_get(&c->header), chain)) {
		free(chain);
		return;
	}
	c->chain = chain;
	for (size_t i = chain->n; i > 0; i--) {
		const struct dkim_signature *s = &chain->set[i - 1].signs;

		if (!chain->set[i - 1].message_wrong)
			c->chain_body[i - 1] = dkim_bodies_for(&c->bodies,
			    s->simple_body, s->has_length, s->length);
	}
}

/* The header is complete: which ways to hash the body are there? */
static void
begin_body(struct dkim_check *c)
{
	c->begun = true;
	if (buf_failed(&c->header))
		return;
	if (c->relaxed)
		c->relaxed_body = dkim_bodies_for(&c->bodies, false, false, 0);
	read_signatures(c);
	read_chain(c);
}

void
dkim_check_feed(struct dkim_check *c, struct str octets)
{
	if (!c->begun) {
		size_t n = header_end_find(&c->end, octets);

		buf_put(&c->header, octets.p, n);
		octets = str_from(octets, n);
		if (header_end_found(&c->end))
			begin_body(c);
	}
	dkim_bodies_feed(&c->bodies, octets);
}

/* ---- at the end --------------------------------------------------------- */

static struct header_field *
fields_of(struct str header, struct arena *a, size_t *n)
{
	struct header_field *field = arena_array(a, DKIM_HEADER_FIELDS_MAX,
	    sizeof(*field));

	*n = 0;
	while (*n < DKIM_HEADER_FIELDS_MAX &&
	    header_next(&header, &field[*n]))
		(*n)++;
	return field;
}

const char *
dkim_check_octets(const struct dkim_check *c, struct str own,
    const struct dkim_signature *s, struct buf *out, struct arena *a)
{
	return c->nfields == DKIM_HEADER_FIELDS_MAX ?
	    "the header has too many fields" :
	    dkim_signed_put(out, own, s, c->field, c->nfields, a);
}

static void
check_one(struct dkim_check *c, const struct signed_by *by,
    const struct trust_dns *dns, int64_t now, struct arena *a,
    struct dkim_result *r)
{
	static const char *const names[] = { "rsa-sha256", "ed25519-sha256",
		"rsa-sha1" };
	struct dkim_signature named = by->s;
	const struct dkim_signature *s = &named;
	auto_buf canonical = BUF_INIT(2 * DKIM_TEXT_HEADER_MAX);
	struct dkim_key key;
	const char *wrong;

	*r = (struct dkim_result){ 0 };
	wrong = by->wrong ? by->wrong : dkim_signature_names(&named, a);
	if (wrong) {
		dkim_say(r, DKIM_PERMERROR, wrong);
		return;
	}
	r->domain = str_lower(a, s->domain);
	r->selector = str_dup(a, s->selector);
	r->identity = s->identity.n <= 320 ? str_dup(a, s->identity)
					   : STR_NULL;
	r->algorithm = names[s->algorithm];
	if (s->algorithm == DKIM_RSA_SHA1) {
		dkim_say(r, DKIM_POLICY, "SHA-1 proves nothing");
		return;
	}
	if (dkim_has_expired(s, now)) {
		dkim_say(r, DKIM_FAIL, "it has expired");
		return;
	}
	wrong = dkim_check_octets(c, by->name, s, &canonical, a);
	if (wrong) {
		dkim_say(r, DKIM_PERMERROR, wrong);
		return;
	}
	if (!dkim_find_key(s, dns, a, &key, r) ||
	    !dkim_body_is(by->body, s, r) ||
	    !dkim_key_made(&c->verifier, s, &key, buf_get(&canonical), r))
		return;
	if (dkim_body_goes_on(by->body))
		dkim_say(r, DKIM_POLICY,
		    "only the beginning of the body is signed");
	else
		dkim_say(r, DKIM_PASS, key.testing ? "testing" : "");
}

size_t
dkim_check_finish(struct dkim_check *c, const struct trust_dns *dns,
    int64_t now, struct arena *a,
    struct dkim_result results[DKIM_SIGNATURES_MAX])
{
	if (!c->begun)
		begin_body(c);
	dkim_bodies_finish(&c->bodies);
	if (c->nsignatures > 0 || c->chain)
		c->field = fields_of(buf_get(&c->header), a, &c->nfields);
	for (size_t i = 0; i < c->nsignatures; i++)
		check_one(c, &c->by[i], dns, now, a, &results[i]);
	return c->nsignatures;
}
