#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "mime/decode.h"
#include "mime/header.h"
#include "mime/header_end.h"
#include "trust/dkim_body.h"
#include "trust/dkim_check.h"
#include "trust/dkim_relax.h"
#include "trust/dkim_signature.h"

enum {
	HEADER_MAX = 128 * 1024,
	FIELDS_MAX = 2000,	/* of a header */
	NAMES_MAX = 200,	/* of h= */
	KEY_MAX = 2048,		/* octets, of any kind */
	SIGNATURE_MAX = 1024,
	HASH_OCTETS = 32,
};

/* A body as one or more signatures want it hashed. */
struct hashed {
	struct dkim_body body;
	EVP_MD_CTX *md;
	bool has_length;
	uint64_t length;	/* hash no more than so much */
	uint64_t octets;	/* of the canonical body */
	unsigned char hash[HASH_OCTETS];
};

struct signed_by {
	struct dkim_signature s;
	struct str name;	/* of its field, as written */
	const char *wrong;	/* it cannot be read */
	struct hashed *body;	/* NULL: it is not worth hashing */
};

struct dkim_check {
	OSSL_LIB_CTX *lib;
	EVP_MD *sha256;
	struct buf header;
	struct header_end end;
	bool begun;		/* the header is complete */
	size_t nsignatures, nbodies;
	struct signed_by by[DKIM_SIGNATURES_MAX];
	struct hashed hashed[DKIM_SIGNATURES_MAX];
};

struct str
dkim_word(enum dkim_verdict verdict)
{
	static const struct str words[] = { STR("none"), STR("pass"),
		STR("fail"), STR("policy"), STR("neutral"), STR("temperror"),
		STR("permerror") };

	return words[verdict];
}

struct dkim_check *
dkim_check_new(OSSL_LIB_CTX *lib)
{
	struct dkim_check *c = calloc(1, sizeof(*c));

	bug_if(!c);
	c->lib = lib;
	c->sha256 = EVP_MD_fetch(lib, "SHA256", NULL);
	bug_if(!c->sha256);
	buf_init(&c->header, HEADER_MAX);
	c->end = HEADER_END_INIT;
	return c;
}

void
dkim_check_free(struct dkim_check *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->nbodies; i++)
		EVP_MD_CTX_free(c->hashed[i].md);
	EVP_MD_free(c->sha256);
	buf_free(&c->header);
	free(c);
}

struct str
dkim_check_header(const struct dkim_check *c)
{
	return buf_failed(&c->header) ? STR_NULL : buf_get(&c->header);
}

/* ---- the body ----------------------------------------------------------- */

static void
hash_body(void *arg, struct str octets)
{
	struct hashed *h = arg;
	uint64_t left = h->length > h->octets ? h->length - h->octets : 0;
	size_t n = h->has_length && left < octets.n ? (size_t)left : octets.n;

	h->octets += octets.n;
	bug_if(EVP_DigestUpdate(h->md, octets.p, n) != 1);
}

/* One that is hashed like this already, or a new one. */
static struct hashed *
body_for(struct dkim_check *c, const struct dkim_signature *s)
{
	struct hashed *h;

	for (size_t i = 0; i < c->nbodies; i++) {
		h = &c->hashed[i];
		if (h->body.simple == s->simple_body &&
		    h->has_length == s->has_length && h->length == s->length)
			return h;
	}
	h = &c->hashed[c->nbodies++];
	h->has_length = s->has_length;
	h->length = s->length;
	h->md = EVP_MD_CTX_new();
	bug_if(!h->md || EVP_DigestInit_ex(h->md, c->sha256, NULL) != 1);
	dkim_body_init(&h->body, s->simple_body,
	    (struct dkim_hash){ hash_body, h });
	return h;
}

/* The header is complete: whose signatures are there? */
static void
read_signatures(struct dkim_check *c)
{
	struct str rest = buf_get(&c->header);
	struct header_field f;

	c->begun = true;
	if (buf_failed(&c->header))
		return;
	while (c->nsignatures < DKIM_SIGNATURES_MAX &&
	    header_next(&rest, &f)) {
		struct signed_by *by = &c->by[c->nsignatures];

		if (!str_eqi(f.name, STR("DKIM-Signature")))
			continue;
		by->name = f.name;
		by->wrong = dkim_signature_parse(f.value, &by->s);
		if (!by->wrong && by->s.algorithm != DKIM_RSA_SHA1)
			by->body = body_for(c, &by->s);
		c->nsignatures++;
	}
}

void
dkim_check_feed(struct dkim_check *c, struct str octets)
{
	if (!c->begun) {
		size_t n = header_end_find(&c->end, octets);

		buf_put(&c->header, octets.p, n);
		octets = str_from(octets, n);
		if (header_end_found(&c->end))
			read_signatures(c);
	}
	for (size_t i = 0; i < c->nbodies && octets.n > 0; i++)
		dkim_body_feed(&c->hashed[i].body, octets);
}

/* ---- the header --------------------------------------------------------- */

static void
put_field(struct buf *out, const struct header_field *f, bool simple)
{
	if (!simple) {
		dkim_relax(out, f->name, f->value);
		return;
	}
	buf_str(out, f->whole);
	if (!str_endsi(f->whole, STR("\r\n")))
		buf_lit(out, "\r\n");
}

/* The signature's own field, without what it will say and without its line
 * end.                                              RFC 6376 3.5 b=, 3.7 */
static void
put_own_field(struct buf *out, const struct signed_by *by)
{
	struct str value = by->s.value, before, behind;
	size_t at = (size_t)(by->s.signature.p - value.p);
	auto_buf bare = BUF_INIT(HEADER_MAX);

	before = str_first(value, at);
	while (before.n > 0 && before.p[before.n - 1] != '=')
		before.n--;
	behind = str_from(value, at);
	behind = str_from(behind, str_chr(behind, ';'));
	buf_str(&bare, before);
	buf_str(&bare, behind);
	if (by->s.simple_header) {
		buf_str(out, by->name);
		buf_chr(out, ':');
		buf_str(out, buf_get(&bare));
		return;
	}
	dkim_relax(out, by->name, buf_get(&bare));
	if (!buf_failed(out))
		out->n -= 2;
}

/* The fields that h= names: of each name the last one first, and nothing where
 * there is no other.                                        RFC 6376 5.4.2 */
static const char *
put_header(struct buf *out, const struct signed_by *by,
    const struct header_field *field, size_t nfields, struct arena *a)
{
	struct str *name = arena_array(a, NAMES_MAX, sizeof(*name));
	struct str rest = by->s.fields;
	bool more = true;
	size_t n = 0;

	while (more) {
		size_t skip = 0, i = nfields;

		if (n == NAMES_MAX)
			return "it names too many fields";
		more = str_cut(rest, ':', &name[n], &rest);
		name[n] = str_trim(name[n]);
		for (size_t k = 0; k < n; k++)
			skip += str_eqi(name[k], name[n]);
		for (; i > 0; i--)
			if (str_eqi(field[i - 1].name, name[n]) && skip-- == 0)
				break;
		if (i > 0)
			put_field(out, &field[i - 1], by->s.simple_header);
		n++;
	}
	put_own_field(out, by);
	return buf_failed(out) ? "what it signs is too long" : NULL;
}

static struct header_field *
fields_of(struct str header, struct arena *a, size_t *n)
{
	struct header_field *field =
	    arena_array(a, FIELDS_MAX, sizeof(*field));

	*n = 0;
	while (*n < FIELDS_MAX && header_next(&header, &field[*n]))
		(*n)++;
	return field;
}

/* ---- one signature ------------------------------------------------------ */

static void
say(struct dkim_result *r, enum dkim_verdict verdict, const char *why)
{
	r->verdict = verdict;
	r->why = str_c(why);
}

/* Whoever calls OpenSSL leaves its error queue empty. */
static EVP_PKEY *
public_key(const struct dkim_key *key, struct dkim_check *c)
{
	auto_buf octets = BUF_INIT(KEY_MAX);
	const unsigned char *p;
	EVP_PKEY *pkey = NULL;

	decode_base64(&octets, key->octets);
	p = (const unsigned char *)octets.p;
	if (buf_failed(&octets) || octets.n == 0)
		return NULL;
	if (key->ed25519) {
		pkey = EVP_PKEY_new_raw_public_key_ex(c->lib, "ED25519", NULL,
		    p, octets.n);
	} else {
		/* Everybody writes the first, RFC 6376 3.6.1 the second. */
		pkey = d2i_PUBKEY_ex(NULL, &p, (long)octets.n, c->lib, NULL);
		p = (const unsigned char *)octets.p;
		if (!pkey)
			pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p,
			    (long)octets.n);
		if (pkey && !EVP_PKEY_is_a(pkey, "RSA")) {
			EVP_PKEY_free(pkey);
			pkey = NULL;
		}
	}
	ERR_clear_error();
	return pkey;
}

static bool
verify(struct dkim_check *c, const struct dkim_signature *s, EVP_PKEY *pkey,
    struct str signed_octets)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	auto_buf sig = BUF_INIT(SIGNATURE_MAX);
	unsigned char hash[HASH_OCTETS];
	bool ed = s->algorithm == DKIM_ED25519_SHA256, good;

	bug_if(!ctx);
	decode_base64(&sig, s->signature);
	good = !buf_failed(&sig) && sig.n > 0 &&
	    EVP_DigestVerifyInit_ex(ctx, NULL, ed ? NULL : "SHA256", c->lib,
	    NULL, pkey, NULL) == 1;
	if (good && ed) {	/* RFC 8463 3: the hash is what is signed */
		bug_if(EVP_Digest(signed_octets.p, signed_octets.n, hash, NULL,
		    c->sha256, NULL) != 1);
		signed_octets = str_make((const char *)hash, sizeof(hash));
	}
	good = good && EVP_DigestVerify(ctx, (unsigned char *)sig.p, sig.n,
	    (const unsigned char *)signed_octets.p, signed_octets.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

/* RFC 6376 6.1.2: the key's record, in text. False: r says why not. */
static bool
find_key(const struct dkim_signature *s, const struct trust_dns *dns,
    struct arena *a, struct dkim_key *key, struct dkim_result *r)
{
	struct arena *scratch = arena_new(DNS_ANSWER_MEMORY);
	struct lookup_answer answer = { 0 };
	struct dns_record record;
	const char *wrong = NULL;
	struct rd in;
	bool found;

	dns->lookup(dns->arg, arena_printf(a, "%.*s._domainkey.%.*s",
	    STR_FMT(s->selector), STR_FMT(s->domain)), DNS_TXT, &answer,
	    scratch);
	in = rd_of(answer.records);
	found = answer.result == DNS_OK &&
	    msg_take(&in, &dns_record_shape, &record);
	if (answer.result == DNS_FAILED)
		say(r, DKIM_TEMPERROR, "DNS failed for its key");
	else if (!found)
		say(r, DKIM_PERMERROR, "its key is not in DNS");
	else if ((wrong = dkim_key_parse(str_dup(a, record.data), key)))
		say(r, DKIM_PERMERROR, wrong);
	arena_free(scratch);
	return found && !wrong;
}

/* May this key have made this signature? */
static bool
key_fits(const struct dkim_signature *s, const struct dkim_key *key,
    struct dkim_result *r)
{
	struct str host = str_from(s->identity,
	    str_rchr(s->identity, '@') + 1);

	if (key->revoked)
		say(r, DKIM_PERMERROR, "its key was revoked");
	else if (key->ed25519 != (s->algorithm == DKIM_ED25519_SHA256))
		say(r, DKIM_PERMERROR, "its key is of another kind");
	else if (key->hashes.p && !tags_has_word(key->hashes, STR("sha256")))
		say(r, DKIM_PERMERROR, "its key is not for this hash");
	else if (key->strict && s->identity.p && !str_eqi(host, s->domain))
		say(r, DKIM_PERMERROR, "its key is not for subdomains");
	else
		return true;
	return false;
}

static bool
strong_enough(const struct dkim_key *key, EVP_PKEY *pkey,
    struct dkim_result *r)
{
	int bits = EVP_PKEY_get_bits(pkey);

	if (key->ed25519 ||
	    (bits >= DKIM_KEY_BITS_MIN && bits <= DKIM_KEY_BITS_MAX))
		return true;
	say(r, DKIM_POLICY, bits < DKIM_KEY_BITS_MIN ?
	    "its key is too short to be worth anything" :
	    "its key is longer than any that is verified");
	return false;
}

static bool
body_is_good(const struct signed_by *by, struct dkim_result *r)
{
	auto_buf said = BUF_INIT(HASH_OCTETS * 2);

	decode_base64(&said, by->s.body_hash);
	if (by->body->has_length && by->body->octets < by->body->length)
		say(r, DKIM_FAIL, "the body is shorter than what was signed");
	else if (said.n != HASH_OCTETS ||
	    memcmp(said.p, by->body->hash, HASH_OCTETS) != 0)
		say(r, DKIM_FAIL, "the body was changed");
	else
		return true;
	return false;
}

/* RFC 6376 6.1.3 */
static void
judge(struct dkim_check *c, const struct signed_by *by,
    const struct dkim_key *key, struct str signed_octets,
    struct dkim_result *r)
{
	EVP_PKEY *pkey;

	if (!key_fits(&by->s, key, r) || !body_is_good(by, r))
		return;
	pkey = public_key(key, c);
	if (!pkey)
		say(r, DKIM_PERMERROR, "its key cannot be read");
	else if (!strong_enough(key, pkey, r))
		;
	else if (!verify(c, &by->s, pkey, signed_octets))
		say(r, DKIM_FAIL, "the header was changed");
	else if (by->body->has_length &&
	    by->body->octets > by->body->length)
		say(r, DKIM_POLICY, "only the beginning of the body is signed");
	else
		say(r, DKIM_PASS, key->testing ? "testing" : "");
	EVP_PKEY_free(pkey);
}

static void
check_one(struct dkim_check *c, const struct signed_by *by,
    const struct header_field *field, size_t nfields,
    const struct trust_dns *dns, int64_t now, struct arena *a,
    struct dkim_result *r)
{
	static const char *const names[] = { "rsa-sha256", "ed25519-sha256",
		"rsa-sha1" };
	const struct dkim_signature *s = &by->s;
	auto_buf canonical = BUF_INIT(2 * HEADER_MAX);
	struct dkim_key key;
	const char *wrong;

	*r = (struct dkim_result){ 0 };
	if (by->wrong) {
		say(r, DKIM_PERMERROR, by->wrong);
		return;
	}
	r->domain = str_lower(a, s->domain);
	r->selector = str_dup(a, s->selector);
	r->identity = s->identity.n <= 320 ? str_dup(a, s->identity)
					   : STR_NULL;
	r->algorithm = names[s->algorithm];
	if (s->algorithm == DKIM_RSA_SHA1) {
		say(r, DKIM_POLICY, "SHA-1 proves nothing");
		return;
	}
	if (s->has_expiry && now > 0 && s->expiry < (uint64_t)now) {
		say(r, DKIM_FAIL, "it has expired");
		return;
	}
	wrong = nfields == FIELDS_MAX ? "the header has too many fields" :
	    put_header(&canonical, by, field, nfields, a);
	if (wrong) {
		say(r, DKIM_PERMERROR, wrong);
		return;
	}
	if (find_key(s, dns, a, &key, r))
		judge(c, by, &key, buf_get(&canonical), r);
}

size_t
dkim_check_finish(struct dkim_check *c, const struct trust_dns *dns,
    int64_t now, struct arena *a,
    struct dkim_result results[DKIM_SIGNATURES_MAX])
{
	struct header_field *field = NULL;
	size_t nfields = 0;

	if (!c->begun)
		read_signatures(c);
	for (size_t i = 0; i < c->nbodies; i++) {
		dkim_body_finish(&c->hashed[i].body);
		bug_if(EVP_DigestFinal_ex(c->hashed[i].md, c->hashed[i].hash,
		    NULL) != 1);
	}
	if (c->nsignatures > 0)
		field = fields_of(buf_get(&c->header), a, &nfields);
	for (size_t i = 0; i < c->nsignatures; i++)
		check_one(c, &c->by[i], field, nfields, dns, now, a,
		    &results[i]);
	return c->nsignatures;
}
