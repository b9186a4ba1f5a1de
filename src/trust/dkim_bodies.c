#include "trust/dkim_bodies.h"

#include <openssl/evp.h>

#include "mime/decode.h"

static void
hash_body(void *arg, struct str octets)
{
	struct dkim_hashed *h = arg;
	uint64_t left = h->length > h->octets ? h->length - h->octets : 0;
	size_t n = h->has_length && left < octets.n ? (size_t)left : octets.n;

	h->octets += octets.n;
	bug_if(EVP_DigestUpdate(h->md, octets.p, n) != 1);
}

struct dkim_hashed *
dkim_bodies_for(struct dkim_bodies *b, bool simple, bool has_length,
    uint64_t length)
{
	struct dkim_hashed *h;

	for (size_t i = 0; i < b->n; i++) {
		h = &b->v[i];
		if (h->body.simple == simple && h->has_length == has_length &&
		    h->length == length)
			return h;
	}
	if (b->n == DKIM_BODIES_MAX)
		return NULL;
	h = &b->v[b->n++];
	h->has_length = has_length;
	h->length = length;
	h->md = EVP_MD_CTX_new();
	bug_if(!h->md || EVP_DigestInit_ex(h->md, b->sha256, NULL) != 1);
	dkim_body_init(&h->body, simple, (struct dkim_hash){ hash_body, h });
	return h;
}

void
dkim_bodies_feed(struct dkim_bodies *b, struct str octets)
{
	for (size_t i = 0; i < b->n && octets.n > 0; i++)
		dkim_body_feed(&b->v[i].body, octets);
}

void
dkim_bodies_finish(struct dkim_bodies *b)
{
	for (size_t i = 0; i < b->n; i++) {
		dkim_body_finish(&b->v[i].body);
		bug_if(EVP_DigestFinal_ex(b->v[i].md, b->v[i].hash, NULL) !=
		    1);
	}
}

void
dkim_bodies_free(struct dkim_bodies *b)
{
	for (size_t i = 0; i < b->n; i++)
		EVP_MD_CTX_free(b->v[i].md);
}

bool
dkim_body_goes_on(const struct dkim_hashed *h)
{
	return h->has_length && h->octets > h->length;
}

bool
dkim_body_is(const struct dkim_hashed *h, const struct dkim_signature *s,
    struct dkim_result *r)
{
	auto_buf said = BUF_INIT(DKIM_HASH_LEN * 2);

	decode_base64(&said, s->body_hash);
	if (h->has_length && h->octets < h->length)
		dkim_say(r, DKIM_FAIL,
		    "the body is shorter than what was signed");
	else if (said.n != DKIM_HASH_LEN ||
	    memcmp(said.p, h->hash, DKIM_HASH_LEN) != 0)
		dkim_say(r, DKIM_FAIL, "the body was changed");
	else
		return true;
	return false;
}
