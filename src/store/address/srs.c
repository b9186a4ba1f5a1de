#include "store/address/srs.h"

#include <sodium.h>

#include "store/address/address.h"

enum { HASH_LEN = 8, DAYS = 1024 };

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static bool
is_separator(char c)
{
	return c == '=' || c == '+' || c == '-';
}

/* 40 bits: guessing one takes longer than its 21 days. `what` is the form,
 * so that the hash of one is none for another. */
static void
hash_of(const struct srs_key *k, char what, struct str text, struct arena *a,
    char out[HASH_LEN])
{
	struct str low = str_lower(a, arena_printf(a, "%c%.*s", what,
	    STR_FMT(text)));
	unsigned char sum[crypto_shorthash_BYTES];
	uint64_t bits = 0;

	crypto_shorthash(sum, (const unsigned char *)low.p, low.n,
	    k->octets);
	for (size_t i = 0; i < sizeof(sum); i++)
		bits = bits << 8 | sum[i];
	for (size_t i = 0; i < HASH_LEN; i++)
		out[i] = base32[bits >> (59 - 5 * i) & 31];
}

static bool
hash_fits(const struct srs_key *k, char what, struct str text, struct str hash,
    struct arena *a)
{
	char want[HASH_LEN], have[HASH_LEN];

	if (hash.n != HASH_LEN)
		return false;
	for (size_t i = 0; i < HASH_LEN; i++)
		have[i] = ascii_upper(hash.p[i]);
	hash_of(k, what, text, a, want);
	return sodium_memcmp(want, have, HASH_LEN) == 0;
}

/* "SRS0" and a separator; *rest is what follows the "SRS0". */
static bool
is_form(struct str local, struct str form, struct str *rest)
{
	*rest = str_from(local, form.n);
	return str_startsi(local, form) && rest->n > 1 &&
	    is_separator(rest->p[0]);
}

bool
srs_is(struct str local)
{
	struct str rest;

	return is_form(local, STR("SRS0"), &rest) ||
	    is_form(local, STR("SRS1"), &rest);
}

/* "=hash=first=rest" into its three; rest begins with a separator. */
static bool
split_srs1(struct str text, struct str *hash, struct str *signed_,
    struct str *first, struct str *rest)
{
	return str_cut(str_from(text, 1), '=', hash, signed_) &&
	    str_cut(*signed_, '=', first, rest) && domain_is_plain(*first) &&
	    rest->n > 1 && is_separator(rest->p[0]);
}

static struct str
rewrite_again(const struct srs_key *k, struct str signed_, struct str domain,
    struct arena *a)
{
	char hash[HASH_LEN];

	hash_of(k, '1', signed_, a, hash);
	return arena_printf(a, "SRS1=%.*s=%.*s@%.*s", HASH_LEN, hash,
	    STR_FMT(signed_), STR_FMT(domain));
}

static struct str
rewrite_first(const struct srs_key *k, struct str local, struct str from,
    struct str domain, int64_t now_s, struct arena *a)
{
	uint64_t day = (uint64_t)(now_s / 86400) % DAYS;
	struct str text = arena_printf(a, "%c%c=%.*s=%.*s",
	    base32[day >> 5 & 31], base32[day & 31], STR_FMT(from),
	    STR_FMT(local));
	char hash[HASH_LEN];

	hash_of(k, '0', text, a, hash);
	return arena_printf(a, "SRS0=%.*s=%.*s@%.*s", HASH_LEN, hash,
	    STR_FMT(text), STR_FMT(domain));
}

bool
srs_rewrite(const struct srs_key *k, struct str path, struct str domain,
    int64_t now_s, struct arena *a, struct str *out)
{
	struct str local, from, rest, hash, text, first, behind;

	if (!address_is_plain(path) || !str_cut(path, '@', &local, &from))
		return false;
	if (is_form(local, STR("SRS1"), &rest) &&
	    split_srs1(rest, &hash, &text, &first, &behind))
		*out = rewrite_again(k, text, domain, a);
	else if (is_form(local, STR("SRS0"), &rest))
		*out = rewrite_again(k, arena_printf(a, "%.*s=%.*s",
		    STR_FMT(from), STR_FMT(rest)), domain, a);
	else
		*out = rewrite_first(k, local, from, domain, now_s, a);
	return address_is_plain(*out);
}

/* The number of two letters of base32, or -1. */
static int
day_of(struct str s)
{
	int v = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(base32, ascii_upper(s.p[i]))
					: NULL;

		if (!at)
			return -1;
		v = v << 5 | (int)(at - base32);
	}
	return s.n == 2 ? v : -1;
}

static bool
is_recent(struct str day, int64_t now_s)
{
	int made = day_of(day), today = (int)(now_s / 86400 % DAYS);

	return made >= 0 && (today - made + DAYS) % DAYS <= SRS_DAYS;
}

static bool
return_first(const struct srs_key *k, struct str rest, int64_t now_s,
    struct arena *a, struct str *out)
{
	struct str hash, text, day, from, local, tail;

	if (!str_cut(str_from(rest, 1), '=', &hash, &text) ||
	    !hash_fits(k, '0', text, hash, a))
		return false;
	if (!str_cut(text, '=', &day, &tail) || !is_recent(day, now_s) ||
	    !str_cut(tail, '=', &from, &local))
		return false;
	*out = arena_printf(a, "%.*s@%.*s", STR_FMT(local), STR_FMT(from));
	return true;
}

static bool
return_again(const struct srs_key *k, struct str text, struct arena *a,
    struct str *out)
{
	struct str hash, signed_, first, rest;

	if (!split_srs1(text, &hash, &signed_, &first, &rest) ||
	    !hash_fits(k, '1', signed_, hash, a))
		return false;
	*out = arena_printf(a, "SRS0%.*s@%.*s", STR_FMT(rest),
	    STR_FMT(first));
	return true;
}

bool
srs_return(const struct srs_key *k, struct str local, int64_t now_s,
    struct arena *a, struct str *out)
{
	struct str rest, path;

	if (local.n > ADDRESS_PATH_MAX)
		return false;
	if (is_form(local, STR("SRS0"), &rest)
		? !return_first(k, rest, now_s, a, &path)
		: !is_form(local, STR("SRS1"), &rest) ||
		    !return_again(k, rest, a, &path))
		return false;
	*out = path;
	return address_is_plain(path);
}
