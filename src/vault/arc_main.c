/*
 * arc-seal - an ARC set by arc_sign.h with a key that is given, for the tests.
 *
 * A line on standard input, of words in hex: the key in PEM, selector, domain,
 * instance, cv (1 none, 2 pass, 3 fail), time, results, names, fields, body
 * hash, sets so far. The three fields go to standard output.
 */
#include <openssl/pem.h>
#include <stdio.h>

#include "base/err.h"
#include "vault/arc_sign.h"

enum { LINE_OCTETS_MAX = 1 << 20, WORDS = 11 };

static struct str
unhex(struct str hex, struct arena *a)
{
	char *p = arena_alloc(a, hex.n / 2 + 1);

	for (size_t i = 0; i + 1 < hex.n; i += 2)
		p[i / 2] = (char)(ascii_hex(hex.p[i]) << 4 |
		    ascii_hex(hex.p[i + 1]));
	return str_make(p, hex.n / 2);
}

int
main(void)
{
	static char text[LINE_OCTETS_MAX];
	struct arena *a = arena_new(4 << 20);
	struct str word[WORDS], rest;
	struct dkim_key key = { .algorithm = DKIM_RSA, .state = DKIM_ACTIVE };
	struct arc_sealing s = { 0 };
	auto_buf fields = BUF_INIT(65536);
	struct err err;
	uint64_t at = 0;
	uint32_t sees = 0;
	BIO *pem;

	if (!fgets(text, sizeof(text), stdin))
		return 1;
	rest = str_c(text);
	for (size_t i = 0; i < WORDS; i++) {
		(void)str_cut(rest, ' ', &word[i], &rest);
		word[i] = unhex(str_trim(word[i]), a);
	}
	pem = BIO_new_mem_buf(word[0].p, (int)word[0].n);
	key.key = PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL);
	BIO_free(pem);
	(void)snprintf(key.selector, sizeof(key.selector), "%.*s",
	    STR_FMT(word[1]));
	if (!key.key || !str_u32(word[3], &s.instance) ||
	    !str_u32(word[4], &sees) || !str_u64(word[5], &at))
		return 1;
	s.sees = (enum arc_sees)sees;
	s.results = word[6];
	s.chain = word[10];
	s.message = (struct dkim_signing){ .domain = word[2],
		.names = word[7], .header = word[8], .body_hash = word[9],
		.at = (int64_t)at };
	if (arc_seal(NULL, &key, &s, &fields, &err) < 0)
		return 1;
	fwrite(fields.p, 1, fields.n, stdout);
	EVP_PKEY_free(key.key);
	arena_free(a);
	return 0;
}
