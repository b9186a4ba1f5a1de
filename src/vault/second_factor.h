/*
 * second_factor.h - codes of a telephone, beside the password. RFC 6238. Pure.
 *
 *   record = version (u8: 1)  secret (20)  last step (u64)
 *            count (u8)  that many hashes of recovery codes (16 each)
 *
 * A code is six digits of HMAC-SHA-1 over the number of the 30 seconds it is
 * in; the steps before and after it do as well (RFC 6238 5.2), and none does
 * twice: the last one that was used is kept. A recovery code is ten signs of
 * app_password.h's, 50 random bits, good once. The record is sealed before it
 * leaves vault.
 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	FACTOR_SECRET = 20,	/* RFC 4226 4, R6 */
	FACTOR_SECRET_TEXT = 32, /* in base32 */
	FACTOR_STEP_S = 30,
	FACTOR_DIGITS = 6,
	FACTOR_CODES = 10,
	FACTOR_CODE_SIGNS = 10,
	FACTOR_CODE_TEXT = 11,	/* "k7m2p-q9xd3" */
	FACTOR_HASH = 16,
	FACTOR_RECORD_MAX = 1 + FACTOR_SECRET + 8 + 1 +
	    FACTOR_CODES * FACTOR_HASH,
};

struct second_factor {
	uint8_t secret[FACTOR_SECRET];
	uint64_t last_step;
	uint8_t ncodes;
	uint8_t codes[FACTOR_CODES][FACTOR_HASH];
};

/* How an authenticator takes it. RFC 4648 6 */
void factor_secret_text(const uint8_t secret[FACTOR_SECRET],
    char text[FACTOR_SECRET_TEXT]);

/* The code of a step, 0 to 999999; false without memory. RFC 4226 5.3 */
must_check bool factor_code_at(const uint8_t secret[FACTOR_SECRET],
    uint64_t step, uint32_t *code);

/* New recovery codes, of random octets, as people are shown them, each with a
 * line end; the former are worth nothing. */
void factor_make_codes(struct second_factor *f,
    const uint8_t random[FACTOR_CODES * FACTOR_CODE_SIGNS], struct buf *shown);

/* Is what was typed a code that is good at this time (seconds since 1970)? Then
 * it is good no more. Spaces and dashes are nothing. */
must_check bool factor_use(struct second_factor *f, struct str typed,
    int64_t now_s);

void factor_put(const struct second_factor *f, struct buf *record);
/* False if it is no record. */
must_check bool factor_parse(struct str record, struct second_factor *f);
