#include "trust/dkim_verify.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "mime/decode.h"
#include "trust/dkim_body.h"

enum {
	KEY_MAX = 2048,		/* octets, of any kind */
	RECORD_MAX = 16384,	/* of a key's text, with what else it says */
	SIGNATURE_MAX = 1024,
};

/* Whoever calls OpenSSL leaves its error queue empty. */
static EVP_PKEY *
public_key(const struct dkim_key *key, OSSL_LIB_CTX *lib)
{
	auto_buf octets = BUF_INIT(KEY_MAX);
	const unsigned char *p;
	EVP_PKEY *pkey = NULL;

	decode_base64(&octets, key->octets);
	p = (const unsigned char *)octets.p;
	if (buf_failed(&octets) || octets.n == 0)
		return NULL;
	if (key->ed25519) {
		pkey = EVP_PKEY_new_raw_public_key_ex(lib, "ED25519", NULL,
		    p, octets.n);
	} else {
		/* Everybody writes the first, RFC 6376 3.6.1 the second. */
		pkey = d2i_PUBKEY_ex(NULL, &p, (long)octets.n, lib, NULL);
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
verify(const struct dkim_verifier *v, const struct dkim_signature *s,
    EVP_PKEY *pkey, struct str signed_octets)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	auto_buf sig = BUF_INIT(SIGNATURE_MAX);
	unsigned char hash[DKIM_HASH_LEN];
	bool ed = s->algorithm == DKIM_ED25519_SHA256, good;

	bug_if(!ctx);
	decode_base64(&sig, s->signature);
	good = !buf_failed(&sig) && sig.n > 0 &&
	    EVP_DigestVerifyInit_ex(ctx, NULL, ed ? NULL : "SHA256", v->lib,
	    NULL, pkey, NULL) == 1;
	if (good && ed) {	/* RFC 8463 3: the hash is what is signed */
		bug_if(EVP_Digest(signed_octets.p, signed_octets.n, hash, NULL,
		    v->sha256, NULL) != 1);
		signed_octets = str_make((const char *)hash, sizeof(hash));
	}
	good = good && EVP_DigestVerify(ctx, (unsigned char *)sig.p, sig.n,
	    (const unsigned char *)signed_octets.p, signed_octets.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

bool
dkim_find_key(const struct dkim_signature *s, const struct trust_dns *dns,
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
		dkim_say(r, DKIM_TEMPERROR, "DNS failed for its key");
	else if (!found)
		dkim_say(r, DKIM_PERMERROR, "its key is not in DNS");
	else if (record.data.n > RECORD_MAX)
		dkim_say(r, DKIM_PERMERROR, wrong = "its key is too long");
	else if ((wrong = dkim_key_parse(str_dup(a, record.data), key)))
		dkim_say(r, DKIM_PERMERROR, wrong);
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
		dkim_say(r, DKIM_PERMERROR, "its key was revoked");
	else if (key->ed25519 != (s->algorithm == DKIM_ED25519_SHA256))
		dkim_say(r, DKIM_PERMERROR, "its key is of another kind");
	else if (key->hashes.p && !tags_has_word(key->hashes, STR("sha256")))
		dkim_say(r, DKIM_PERMERROR, "its key is not for this hash");
	else if (key->strict && s->identity.p && !str_eqi(host, s->domain))
		dkim_say(r, DKIM_PERMERROR, "its key is not for subdomains");
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
	dkim_say(r, DKIM_POLICY, bits < DKIM_KEY_BITS_MIN ?
	    "its key is too short to be worth anything" :
	    "its key is longer than any that is verified");
	return false;
}

bool
dkim_key_made(const struct dkim_verifier *v, const struct dkim_signature *s,
    const struct dkim_key *key, struct str octets, struct dkim_result *r)
{
	EVP_PKEY *pkey;
	bool made = false;

	if (!key_fits(s, key, r))
		return false;
	pkey = public_key(key, v->lib);
	if (!pkey)
		dkim_say(r, DKIM_PERMERROR, "its key cannot be read");
	else if (!strong_enough(key, pkey, r))
		;
	else if (!(made = verify(v, s, pkey, octets)))
		dkim_say(r, DKIM_FAIL, "the header was changed");
	EVP_PKEY_free(pkey);
	return made;
}
