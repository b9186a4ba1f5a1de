#include "vault/token_judge.h"

#include "base/rd.h"

static bool
is_between(char c)
{
	return c == ' ' || c == '\n';
}

static bool
is_in_word(char c)
{
	return !is_between(c);
}

bool
token_has_word(struct str words, struct str word)
{
	struct rd r = rd_of(words);

	while (word.n > 0 && rd_left(&r) > 0) {
		(void)rd_while(&r, is_between);
		if (str_eq(rd_while(&r, is_in_word), word))
			return true;
	}
	return false;
}

bool
token_domain_fits(const struct oauth_conf *issuer, struct str domain)
{
	return issuer->domains.n == 0 ||
	    str_is_amongi(domain, issuer->domains, ' ');
}

static const char *
judge_times(const struct token_claims *c, bool signed_by_it, int64_t now_s)
{
	if (c->expires == 0 && signed_by_it)
		return "a token that never expires";
	if (c->expires != 0 && now_s - TOKEN_LEEWAY_S >= c->expires)
		return "a token that has expired";
	if (c->not_before > now_s + TOKEN_LEEWAY_S ||
	    c->issued > now_s + TOKEN_LEEWAY_S)
		return "a token that is not good yet";
	return NULL;
}

static bool
has_scope(struct str scope, struct str wanted)
{
	struct str one;

	while (wanted.n > 0) {
		one = str_next(&wanted, ' ');
		if (one.n > 0 && !token_has_word(scope, one))
			return false;
	}
	return true;
}

/* Is it this issuer's, and for us? One that was asked, and names nobody whom a
 * token is for, says by the scope that it is for mail. */
static const char *
judge_parties(const struct token_claims *c, const struct oauth_conf *issuer,
    bool signed_by_it)
{
	if (c->iss.n > 0 ? !str_eq(c->iss, issuer->issuer) : signed_by_it)
		return "a token of another issuer";
	if (c->audience.n == 0 && (signed_by_it || issuer->scope.n == 0))
		return "a token that does not say whom it is for";
	/* It may have a space in it: its end is LF. */
	if (c->audience.n > 0 && !str_is_among(issuer->audience, c->audience,
	    '\n'))
		return "a token that is for somebody else";
	if (!has_scope(c->scope, issuer->scope))
		return "a token without the scope for mail";
	return NULL;
}

/* A name without a domain is one of the only domain there is. */
static const char *
find_address(struct str user, const struct oauth_conf *issuer,
    struct arena *a, struct str *address)
{
	size_t at = str_rchr(user, '@');
	struct str only = issuer->domains;

	if (user.n == 0)
		return "a token that does not say whose it is";
	if (at == user.n && only.n > 0 && str_chr(only, ' ') == only.n) {
		user = arena_printf(a, "%.*s@%.*s", STR_FMT(user),
		    STR_FMT(only));
		at = str_rchr(user, '@');
	}
	if (at == 0 || at + 1 >= user.n || user.n > 320)
		return "a token whose owner is no address";
	if (!token_domain_fits(issuer, str_from(user, at + 1)))
		return "a token for a domain that is not its issuer's";
	*address = str_lower(a, user);
	return NULL;
}

const char *
token_judge(const struct token_claims *c, const struct oauth_conf *issuer,
    bool signed_by_it, int64_t now_s, struct arena *a, struct str *address)
{
	const char *wrong = judge_parties(c, issuer, signed_by_it);

	if (!wrong)
		wrong = judge_times(c, signed_by_it, now_s);
	return wrong ? wrong : find_address(c->user, issuer, a, address);
}
