#include "vault/second_factor.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "base/rd.h"
#include "vault/signs.h"

enum { VERSION = 1, MODULUS = 1000000, GROUP = 5 };

void
factor_secret_text(const uint8_t secret[FACTOR_SECRET],
    char text[FACTOR_SECRET_TEXT])
{
	static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	for (size_t i = 0; i < FACTOR_SECRET_TEXT; i++) {
		size_t octet = i * 5 / 8, bit = i * 5 % 8;
		uint32_t two = (uint32_t)secret[octet] << 8 |
		    (octet + 1 < FACTOR_SECRET ? secret[octet + 1] : 0);

		text[i] = base32[two >> (11 - bit) & 31];
	}
}

/*	Step 1: HS = HMAC-SHA-1(K,C)
 *	Step 2: Sbits = DT(HS)		the octets that the last one points at
 *	Step 3: D = Snum mod 10^Digit				RFC 4226 5.3 */
bool
factor_code_at(const uint8_t secret[FACTOR_SECRET], uint64_t step,
    uint32_t *code)
{
	uint8_t counter[8], hs[20];
	const uint8_t *at;
	bool ok;

	for (size_t i = 0; i < sizeof(counter); i++)
		counter[i] = (uint8_t)(step >> (56 - 8 * i));
	ok = HMAC(EVP_sha1(), secret, FACTOR_SECRET, counter, sizeof(counter),
	    hs, NULL) != NULL;
	if (ok) {
		at = hs + (hs[19] & 0xf);
		*code = (((uint32_t)at[0] & 0x7f) << 24 |
		    (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]) %
		    MODULUS;
	}
	sodium_memzero(hs, sizeof(hs));
	return ok;
}

/* Under a key nobody else has: a table of all codes is of no use. */
static void
hash_code(const struct second_factor *f, const char signs[FACTOR_CODE_SIGNS],
    uint8_t hash[FACTOR_HASH])
{
	(void)crypto_generichash(hash, FACTOR_HASH, (const uint8_t *)signs,
	    FACTOR_CODE_SIGNS, f->secret, sizeof(f->secret));
}

void
factor_make_codes(struct second_factor *f,
    const uint8_t random[FACTOR_CODES * FACTOR_CODE_SIGNS], struct buf *shown)
{
	char signs[FACTOR_CODE_SIGNS];

	f->ncodes = FACTOR_CODES;
	for (size_t i = 0; i < FACTOR_CODES; i++) {
		signs_of(random + i * FACTOR_CODE_SIGNS, signs, sizeof(signs));
		hash_code(f, signs, f->codes[i]);
		buf_put(shown, signs, GROUP);
		buf_chr(shown, '-');
		buf_put(shown, signs + GROUP, GROUP);
		buf_chr(shown, '\n');
	}
	sodium_memzero(signs, sizeof(signs));
}

static bool
use_step(struct second_factor *f, uint32_t typed, int64_t now_s)
{
	uint64_t now = now_s > 0 ? (uint64_t)now_s / FACTOR_STEP_S : 0;
	uint64_t good = 0;
	uint32_t code;

	/* All three are computed whichever it is. */
	for (uint64_t step = now > 0 ? now - 1 : 0; step <= now + 1; step++)
		if (factor_code_at(f->secret, step, &code) && code == typed &&
		    step > f->last_step)
			good = step;
	if (good)
		f->last_step = good;
	return good > 0;
}

static bool
use_recovery(struct second_factor *f, const char signs[FACTOR_CODE_SIGNS])
{
	uint8_t hash[FACTOR_HASH];
	size_t at = f->ncodes;

	hash_code(f, signs, hash);
	for (size_t i = 0; i < f->ncodes; i++)
		if (sodium_memcmp(hash, f->codes[i], FACTOR_HASH) == 0)
			at = i;
	if (at == f->ncodes)
		return false;
	f->ncodes--;
	memmove(f->codes[at], f->codes[f->ncodes], FACTOR_HASH);
	sodium_memzero(f->codes[f->ncodes], FACTOR_HASH);
	return true;
}

/* Six digits, with spaces and dashes anywhere. */
static bool
read_digits(struct str typed, uint32_t *code)
{
	uint32_t v = 0;
	size_t n = 0;

	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];

		if (c == ' ' || c == '-')
			continue;
		if (c < '0' || c > '9' || n++ == FACTOR_DIGITS)
			return false;
		v = v * 10 + (uint32_t)(c - '0');
	}
	*code = v;
	return n == FACTOR_DIGITS;
}

bool
factor_use(struct second_factor *f, struct str typed, int64_t now_s)
{
	char signs[FACTOR_CODE_SIGNS];
	uint32_t code;
	bool good = false;

	if (read_digits(typed, &code))
		return use_step(f, code, now_s);
	if (signs_read(typed, signs, sizeof(signs)))
		good = use_recovery(f, signs);
	sodium_memzero(signs, sizeof(signs));
	return good;
}

void
factor_put(const struct second_factor *f, struct buf *record)
{
	buf_chr(record, VERSION);
	buf_put(record, f->secret, sizeof(f->secret));
	buf_le64(record, f->last_step);
	buf_chr(record, (char)f->ncodes);
	buf_put(record, f->codes, (size_t)f->ncodes * FACTOR_HASH);
}

bool
factor_parse(struct str record, struct second_factor *f)
{
	struct rd r = rd_of(record);
	struct second_factor got = { 0 };
	struct str secret, codes;

	if (rd_le8(&r) != VERSION)
		return false;
	secret = rd_take(&r, FACTOR_SECRET);
	got.last_step = rd_le64(&r);
	got.ncodes = rd_le8(&r);
	if (!rd_ok(&r) || got.ncodes > FACTOR_CODES)
		return false;
	codes = rd_take(&r, (size_t)got.ncodes * FACTOR_HASH);
	if (!rd_done(&r))
		return false;
	memcpy(got.secret, secret.p, sizeof(got.secret));
	if (codes.n)
		memcpy(got.codes, codes.p, codes.n);
	*f = got;
	return true;
}
