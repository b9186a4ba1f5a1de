/*
 * dkim_sign.c - a DKIM-Signature field, composed, folded and signed.
 *                                            RFC 6376 3.5, 3.7, RFC 8463 3
 */
#include "vault/dkim.h"

#include "vault/signed_field.h"

enum { HASH_LEN = 32 };

bool
dkim_is_domain(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!(c >= 'a' && c <= 'z') && !ascii_is_digit(c) &&
		    c != '-' && c != '.' && c != '_')
			return false;
	}
	return name.n > 0 && name.n <= DKIM_DOMAIN_MAX;
}

static bool
are_names(struct str names)
{
	for (size_t i = 0; i < names.n; i++)
		if (!ascii_is_alnum(names.p[i]) && names.p[i] != '-' &&
		    names.p[i] != ':')
			return false;
	return str_startsi(names, STR("From:"));
}

bool
dkim_may_sign(const struct dkim_signing *s)
{
	return dkim_is_domain(s->domain) && are_names(s->names) &&
	    s->body_hash.n == HASH_LEN &&
	    str_starts(s->header, STR("from:")) &&
	    s->header.n >= 2 &&
	    memcmp(s->header.p + s->header.n - 2, "\r\n", 2) == 0;
}

/* Everything up to "b=".                          RFC 6376 3.5, RFC 8463 3 */
static void
compose(struct folded *f, const struct dkim_key *key,
    const struct dkim_signing *s)
{
	folded_put(f, STR("DKIM-Signature: v=1;"));
	folded_tag(f, "a=", key->algorithm == DKIM_RSA ? STR("rsa-sha256") :
	    STR("ed25519-sha256"));
	folded_tag(f, "c=", STR("relaxed/relaxed"));
	folded_tag(f, "d=", s->domain);
	folded_tag(f, "s=", str_c(key->selector));
	folded_time(f, s->at);
	folded_names(f, s->names);
	folded_base64_tag(f, "bh=", s->body_hash);
}

int
dkim_sign(OSSL_LIB_CTX *lib, const struct dkim_key *key,
    const struct dkim_signing *s, struct buf *field, struct err *err)
{
	auto_buf own = BUF_INIT(SIGNED_FIELD_MAX);
	struct folded f = { &own, 0 };

	compose(&f, key, s);
	if (signed_field_end(lib, key, s->header, &f, err) < 0)
		return err->code;
	buf_str(field, buf_get(&own));
	return buf_failed(field) ? err_set(err, E_LIMIT,
	    "a signature too long") : 0;
}
