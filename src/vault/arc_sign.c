#include "vault/arc_sign.h"

#include "trust/dkim_relax.h"
#include "vault/signed_field.h"

enum { INSTANCE_MAX = 50, CHAIN_MAX = 256 * 1024 };

#define RESULTS_NAME STR("ARC-Authentication-Results")

/* A field's value: what goes on does so in the next line, and it has an end
 * that is not one of a line. */
static bool
is_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '\r' && i + 2 < s.n && s.p[i + 1] == '\n' &&
		    ascii_is_wsp(s.p[i + 2]))
			i += 2;
		else if (((unsigned char)c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return s.n > 0;
}

/* The sets so far, in their order: what that is they say who made them. */
static bool
is_chain(const struct arc_sealing *s)
{
	if (s->sees != ARC_SEES_pass)
		return s->chain.n == 0;
	return str_starts(s->chain, STR("arc-authentication-results:")) &&
	    str_endsi(s->chain, STR("\r\n"));
}

bool
arc_may_seal(const struct arc_sealing *s)
{
	if (s->sees < ARC_SEES_none || s->sees > ARC_SEES_fail ||
	    (s->instance == 1) != (s->sees == ARC_SEES_none))
		return false;
	return s->instance >= 1 && s->instance <= INSTANCE_MAX &&
	    dkim_may_sign(&s->message) && is_value(s->results) && is_chain(s);
}

static void
begin_set_field(struct folded *f, const char *name, uint32_t instance)
{
	auto_buf text = BUF_INIT(64);

	buf_printf(&text, "%s: i=%u;", name, (unsigned)instance);
	folded_put(f, buf_get(&text));
}

static void
put_key(struct folded *f, const struct dkim_key *key,
    const struct dkim_signing *m)
{
	folded_tag(f, "d=", m->domain);
	folded_tag(f, "s=", str_c(key->selector));
	folded_time(f, m->at);
}

/* RFC 8617 4.1.2 */
static int
sign_message(OSSL_LIB_CTX *lib, const struct dkim_key *key,
    const struct arc_sealing *s, struct buf *field, struct err *err)
{
	struct folded f = { field, 0 };

	begin_set_field(&f, "ARC-Message-Signature", s->instance);
	folded_tag(&f, "a=", STR("rsa-sha256"));
	folded_tag(&f, "c=", STR("relaxed/relaxed"));
	put_key(&f, key, &s->message);
	folded_names(&f, s->message.names);
	folded_base64_tag(&f, "bh=", s->message.body_hash);
	return signed_field_end(lib, key, s->message.header, &f, err);
}

/* One of ours behind what is sealed so far. */
static void
add_relaxed(struct buf *sealed, struct str field)
{
	struct str name, value;

	(void)str_cut(field, ':', &name, &value);
	dkim_relax(sealed, name, value);
}

/* RFC 8617 4.1.3, 5.1.1 */
static int
seal(OSSL_LIB_CTX *lib, const struct dkim_key *key,
    const struct arc_sealing *s, struct str results, struct str message,
    struct buf *field, struct err *err)
{
	static const char *const words[] = { [ARC_SEES_none] = "none",
		[ARC_SEES_pass] = "pass", [ARC_SEES_fail] = "fail" };
	auto_buf sealed = BUF_INIT(CHAIN_MAX);
	struct folded f = { field, 0 };

	buf_str(&sealed, s->chain);
	add_relaxed(&sealed, results);
	add_relaxed(&sealed, message);
	if (buf_failed(&sealed))
		return err_set(err, E_LIMIT, "a chain too long");
	begin_set_field(&f, "ARC-Seal", s->instance);
	folded_tag(&f, "a=", STR("rsa-sha256"));
	folded_tag(&f, "cv=", str_c(words[s->sees]));
	put_key(&f, key, &s->message);
	return signed_field_end(lib, key, buf_get(&sealed), &f, err);
}

int
arc_seal(OSSL_LIB_CTX *lib, const struct dkim_key *key,
    const struct arc_sealing *s, struct buf *fields, struct err *err)
{
	auto_buf results = BUF_INIT(SIGNED_FIELD_MAX);
	auto_buf message = BUF_INIT(SIGNED_FIELD_MAX);
	auto_buf own = BUF_INIT(SIGNED_FIELD_MAX);

	buf_str(&results, RESULTS_NAME);
	buf_printf(&results, ": i=%u; ", (unsigned)s->instance);
	buf_str(&results, s->results);
	buf_lit(&results, "\r\n");
	if (sign_message(lib, key, s, &message, err) < 0 ||
	    seal(lib, key, s, buf_get(&results), buf_get(&message), &own,
	    err) < 0)
		return err->code;
	buf_str(fields, buf_get(&own));
	buf_str(fields, buf_get(&message));
	buf_str(fields, buf_get(&results));
	return buf_failed(fields) || buf_failed(&results) ?
	    err_set(err, E_LIMIT, "a set too long") : 0;
}
