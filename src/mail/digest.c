#include "mail/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/err.h"
#include "dns/name.h"
#include "trust/dkim_text.h"

struct digest {
	EVP_MD_CTX *sha256;
	struct dkim_text text;
	struct buf names, canonical;
	unsigned char body_hash[32];
};

static void
digest_body(void *arg, struct str octets)
{
	bug_if(EVP_DigestUpdate(arg, octets.p, octets.n) != 1);
}

struct digest *
digest_new(OSSL_LIB_CTX *lib)
{
	struct digest *d = calloc(1, sizeof(*d));
	EVP_MD *md = EVP_MD_fetch(lib, "SHA256", NULL);

	bug_if(!d || !md);
	d->sha256 = EVP_MD_CTX_new();
	bug_if(!d->sha256 || EVP_DigestInit_ex(d->sha256, md, NULL) != 1);
	EVP_MD_free(md);	/* the context has it */
	dkim_text_init(&d->text, (struct dkim_hash){ digest_body, d->sha256 });
	buf_init(&d->names, DKIM_NAMES_MAX);
	buf_init(&d->canonical, DKIM_HEADER_MAX);
	return d;
}

void
digest_feed(struct digest *d, struct str octets)
{
	dkim_text_feed(&d->text, octets);
}

bool
digest_finish(struct digest *d, struct arena *a, struct signable *out)
{
	bool kept = dkim_text_finish(&d->text);
	struct str header = buf_get(&d->text.header);

	bug_if(EVP_DigestFinal_ex(d->sha256, d->body_hash, NULL) != 1);
	if (!kept || !dkim_header_choose(header, &d->names, &d->canonical))
		return false;
	out->names = buf_get(&d->names);
	out->header = buf_get(&d->canonical);
	out->body_hash = str_make((const char *)d->body_hash,
	    sizeof(d->body_hash));
	out->nauthors = dkim_header_authors(a, header, out->authors);
	for (size_t i = 0; i < out->nauthors; i++)
		(void)dns_address(out->authors[i], a, &out->authors[i]);
	return out->nauthors > 0;
}

void
digest_free(struct digest *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->sha256);
	dkim_text_free(&d->text);
	buf_free(&d->names);
	buf_free(&d->canonical);
	free(d);
}
