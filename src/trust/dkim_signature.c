#include "trust/dkim_signature.h"

#include "base/domain.h"
#include "dns/name.h"

/* Or one of a U-label's (RFC 8616 5). */
static bool
is_name_octet(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.' ||
	    (unsigned char)c >= 0x80;
}

/* domain-name or selector: what can be asked of DNS, as A-labels. */
static bool
is_dns_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_name_octet(s.p[i]))
			return false;
	return s.n > 0 && s.n <= 253;
}

static const char *
read_algorithm(struct str a, struct dkim_signature *out)
{
	static const struct {
		struct str name;
		enum dkim_algorithm algorithm;
	} known[] = {
		{ STR("rsa-sha256"), DKIM_RSA_SHA256 },
		{ STR("ed25519-sha256"), DKIM_ED25519_SHA256 },
		{ STR("rsa-sha1"), DKIM_RSA_SHA1 },
	};

	for (size_t i = 0; i < NELEM(known); i++) {
		if (str_eqi(a, known[i].name)) {
			out->algorithm = known[i].algorithm;
			return NULL;
		}
	}
	return "unknown algorithm";
}

/* c= header [ "/" body ]; both are simple if nothing is said. */
static const char *
read_canonicalization(struct str c, struct dkim_signature *out)
{
	struct str header, body = STR("simple");

	if (!str_cut(c, '/', &header, &body))
		body = STR("simple");
	out->simple_header = str_eqi(header, STR("simple"));
	out->simple_body = str_eqi(body, STR("simple"));
	if ((!out->simple_header && !str_eqi(header, STR("relaxed"))) ||
	    (!out->simple_body && !str_eqi(body, STR("relaxed"))))
		return "unknown canonicalization";
	return NULL;
}

/* A tag of digits that may be there. */
static bool
read_number(const struct tags *t, struct str name, bool *has, uint64_t *n)
{
	struct str value = tags_get(t, name);

	*has = value.p != NULL;
	return !*has || str_u64(value, n);
}

static bool
is_within(struct str identity, struct str domain)
{
	size_t at = str_rchr(identity, '@');
	struct str host = str_from(identity, at + 1);

	return at < identity.n && domain_is_within(host, domain);
}

const char *
dkim_signature_tags(const struct tags *t, struct str value,
    struct dkim_signature *out)
{
	*out = (struct dkim_signature){ .value = value };
	out->domain = tags_get(t, STR("d"));
	out->selector = tags_get(t, STR("s"));
	out->signature = tags_get(t, STR("b"));
	if (!is_dns_text(out->domain) || !is_dns_text(out->selector))
		return "no domain or no selector";
	if (out->signature.n == 0)
		return "no signature";
	if (!read_number(t, STR("t"), &out->has_time, &out->time))
		return "a number is none";
	return read_algorithm(tags_get(t, STR("a")), out);
}

const char *
dkim_signature_body_tags(const struct tags *t, struct dkim_signature *out)
{
	struct str s = tags_get(t, STR("c"));
	const char *wrong;

	out->simple_header = out->simple_body = true;
	out->fields = tags_get(t, STR("h"));
	out->body_hash = tags_get(t, STR("bh"));
	if (out->body_hash.n == 0)
		return "no hash of the body";
	if (!out->fields.p)
		return "no fields are named";
	if (s.p && (wrong = read_canonicalization(s, out)))
		return wrong;
	s = tags_get(t, STR("q"));
	if (s.p && !tags_has_word(s, STR("dns/txt")))
		return "its key is not in DNS";
	if (!read_number(t, STR("l"), &out->has_length, &out->length) ||
	    !read_number(t, STR("x"), &out->has_expiry, &out->expiry))
		return "a number is none";
	if (out->has_time && out->has_expiry && out->expiry < out->time)
		return "it expired before it was made";
	return NULL;
}

bool
dkim_has_expired(const struct dkim_signature *s, int64_t now)
{
	return s->has_expiry && now > 0 && s->expiry < (uint64_t)now;
}

/* RFC 6376 3.5, 6.1.1 */
const char *
dkim_signature_parse(struct str value, struct dkim_signature *out)
{
	const char *wrong;
	struct tags t;

	*out = (struct dkim_signature){ .value = value };
	if (!tags_parse(value, TAGS_UTF8, &t))
		return "no list of tags";
	wrong = dkim_signature_tags(&t, value, out);
	if (!str_eq(tags_get(&t, STR("v")), STR("1")))
		return "not version 1";
	if (wrong || (wrong = dkim_signature_body_tags(&t, out)))
		return wrong;
	out->identity = tags_get(&t, STR("i"));
	if (!tags_has_word(out->fields, STR("From")))
		return "From is not signed";
	return NULL;
}

/* ASCII stays as it is written: it is DNS that says what is a name. */
const char *
dkim_signature_names(struct dkim_signature *s, struct arena *a)
{
	if (!dns_a_label(s->domain, a, &s->domain) ||
	    !dns_a_label(s->selector, a, &s->selector) ||
	    !is_dns_text(s->domain) || !is_dns_text(s->selector))
		return "no domain or no selector";
	if (!str_is_ascii(s->identity) &&
	    !dns_address(s->identity, a, &s->identity))
		return "its identity has no domain";
	if (s->identity.p && !is_within(s->identity, s->domain))
		return "it is for an identity of another domain";
	return NULL;
}

/* RFC 6376 3.6.1, 6.1.2 */
const char *
dkim_key_parse(struct str text, struct dkim_key *out)
{
	struct tags t;
	struct str s;

	*out = (struct dkim_key){ 0 };
	if (!tags_parse(text, TAGS_STRICT, &t))
		return "no key record";
	s = tags_get(&t, STR("v"));
	if (s.p && (!str_eq(s, STR("DKIM1")) || t.tag[0].value.p != s.p))
		return "no key record of DKIM";
	s = tags_get(&t, STR("k"));
	out->ed25519 = str_eqi(s, STR("ed25519"));
	if (s.p && !out->ed25519 && !str_eqi(s, STR("rsa")))
		return "a key of an unknown kind";
	s = tags_get(&t, STR("s"));
	if (s.p && !tags_has_word(s, STR("*")) &&
	    !tags_has_word(s, STR("email")))
		return "a key that is not for mail";
	out->testing = tags_has_word(tags_get(&t, STR("t")), STR("y"));
	out->strict = tags_has_word(tags_get(&t, STR("t")), STR("s"));
	out->hashes = tags_get(&t, STR("h"));
	out->octets = tags_get(&t, STR("p"));
	if (!out->octets.p)
		return "no key in the record";
	out->revoked = out->octets.n == 0;
	return NULL;
}
