#include "smtp/sasl.h"

#include "base/b64.h"

static bool
is_name(struct str s, size_t max)
{
	return s.n > 0 && s.n <= max && str_is_utf8(s);
}

bool
sasl_user_password(struct str user, struct str password)
{
	return is_name(user, SASL_USER_MAX) &&
	    is_name(password, SASL_PASSWORD_MAX);
}

bool
sasl_plain(struct str message, struct sasl_plain *out)
{
	struct sasl_plain p;
	struct str rest;

	if (!str_cut(message, '\0', &p.authzid, &rest) ||
	    !str_cut(rest, '\0', &p.user, &p.password))
		return false;
	if (p.authzid.n > 0 && !is_name(p.authzid, SASL_USER_MAX))
		return false;
	if (!sasl_user_password(p.user, p.password))
		return false;
	*out = p;
	return true;
}

bool
sasl_response(struct str text, bool initial, struct arena *a, struct str *out)
{
	if (initial && str_eq(text, STR("="))) {
		*out = STR_NULL;
		return true;
	}
	return b64_decode(text, a, out);
}
