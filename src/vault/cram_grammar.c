#include "vault/cram_grammar.h"

#include "base/rd.h"

static bool
take_digit(struct rd *r, uint8_t *digit)
{
	int c = rd_next(r);

	if (c >= '0' && c <= '9')
		*digit = (uint8_t)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*digit = (uint8_t)(c - 'a' + 10);
	else
		return false;
	return true;
}

/* A user may have spaces in it, and a digest has none. */
bool
cram_read(struct str response, struct str *user, uint8_t digest[CRAM_DIGEST])
{
	size_t at = str_rchr(response, ' ');
	struct str who = str_first(response, at);
	struct rd r = rd_of(str_from(response, at));

	if (who.n == 0 || who.n > CRAM_USER_MAX || !str_is_utf8(who) ||
	    memchr(who.p, 0, who.n) || !rd_opt(&r, ' '))
		return false;
	for (size_t i = 0; i < CRAM_DIGEST; i++) {
		uint8_t high, low;

		if (!take_digit(&r, &high) || !take_digit(&r, &low))
			return false;
		digest[i] = (uint8_t)(high << 4 | low);
	}
	if (!rd_done(&r))
		return false;
	*user = who;
	return true;
}
