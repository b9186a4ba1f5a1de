#include "errand/claims.h"

enum { AUDIENCE_MAX = 2000, SCOPE_MAX = 2000, ISS_MAX = 500, USER_MAX = 320,
	CLAIM_MAX = 64 };

/* No octet that would mean something where texts are put side by side. */
static bool
is_line(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

/* A string, or nothing. */
static bool
take_text(const json_t *o, const char *name, size_t most, struct arena *a,
    struct str *out)
{
	struct str s;

	*out = STR_NULL;
	if (!json_object_get(o, name))
		return true;
	if (!json_text_of(o, name, &s) || s.n > most || !is_line(s))
		return false;
	*out = str_dup(a, s);
	return true;
}

/* A string or several. each: what stands behind each of them. */
static bool
take_texts(const json_t *o, const char *name, size_t most, char each,
    struct arena *a, struct str *out)
{
	const json_t *v = json_object_get(o, name);
	auto_buf b = BUF_INIT(most);
	size_t n = json_is_array(v) ? json_array_size(v) : 1;

	*out = STR_NULL;
	if (!v)
		return true;
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_is_array(v) ? json_array_get(v, i) :
		    v;
		struct str s;

		if (!json_is_string(one))
			return false;
		s = str_make(json_string_value(one), json_string_length(one));
		if (!is_line(s))
			return false;
		buf_str(&b, s);
		buf_chr(&b, each);
	}
	if (buf_failed(&b))
		return false;
	*out = str_dup(a, buf_get(&b));
	return true;
}

/* NumericDate: seconds, perhaps with a fraction. Some issuers have 0 where they
 * mean none (Keycloak before 11 as `nbf`); of an end that is not believed.
 *                                                              RFC 7519 2 */
static bool
take_time(const json_t *o, const char *name, double least, int64_t *out)
{
	const json_t *v = json_object_get(o, name);
	double s;

	*out = 0;
	if (!v)
		return true;
	if (!json_is_number(v))
		return false;
	s = json_number_value(v);
	if (!(s >= least && s < 1e15))
		return false;
	*out = (int64_t)s;
	return true;
}

/* An address that nobody has verified is what its owner typed.
 *                                              OpenID Connect Core 5.1 */
static bool
is_verified(const json_t *o, struct str claim)
{
	const json_t *v = json_object_get(o, "email_verified");

	if (!v || !str_eq(claim, STR("email")))
		return true;
	return json_is_true(v) || (json_is_string(v) &&
	    str_eq(str_c(json_string_value(v)), STR("true")));
}

const char *
claims_read(const json_t *o, struct str claim, struct arena *a,
    struct token_claims *out)
{
	struct token_claims c = { 0 };
	char name[CLAIM_MAX + 1];

	if (!json_is_object(o) || claim.n == 0 || claim.n > CLAIM_MAX)
		return "it is no JSON object";
	(void)snprintf(name, sizeof(name), "%.*s", STR_FMT(claim));
	if (!take_text(o, "iss", ISS_MAX, a, &c.iss))
		return "its iss is malformed";
	if (!take_texts(o, "aud", AUDIENCE_MAX, '\n', a, &c.audience))
		return "its aud is malformed";
	if (!take_texts(o, json_object_get(o, "scope") ? "scope" : "scp",
	    SCOPE_MAX, ' ', a, &c.scope))
		return "its scope is malformed";
	if (!take_time(o, "exp", 1, &c.expires) ||
	    !take_time(o, "nbf", 0, &c.not_before) ||
	    !take_time(o, "iat", 0, &c.issued))
		return "its times are malformed";
	if (!is_verified(o, claim))
		return "its email is not verified";
	if (!take_text(o, name, USER_MAX, a, &c.user))
		return "its claim with the address is malformed";
	*out = c;
	return NULL;
}
