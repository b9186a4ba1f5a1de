/*
 * app_password.h - passwords that we make, one for each program or telephone
 * of a person. Pure.
 *
 * 20 of 32 signs in groups of five, "k7m2p-...": 100 random bits, so nobody
 * guesses one, and what is kept of it need not be slow to compute:
 *
 *   number (u64)  proof (32)  = BLAKE2b under a key of vault.key's, of whose it
 *                 is (the address in lower case) and the signs
 *
 * Without vault.key they say nothing, not even of a guess; one account's are
 * none of another's. Store finds a row by the number, vault compares the proof.
 *
 * A certificate is kept as if it were one, of the SHA-256 of its public key and
 * no address: whose it is it has to say itself.
 *
 * What it is proven by lies beside it, sealed to whose it is and its number:
 *
 *   secrets = SCRAM's keys (scram.h)  [what was shown (23), for CRAM-MD5]
 *   or, of a certificate, its SubjectPublicKeyInfo
 */
#pragma once
#include <openssl/types.h>

#include "base/str.h"
#include "vault/scram.h"
#include "vault/seal.h"

enum {
	APP_PASSWORD_SIGNS = 20,
	APP_PASSWORD_TEXT = 23,		/* with "-" between the groups */
	APP_PASSWORD_PROOF = 32,
	CERTIFICATE_HASH = 32,
};

struct app_password {
	char signs[APP_PASSWORD_SIGNS];
};
struct app_proof {
	uint64_t number;	/* never 0; fits into 63 bits */
	uint8_t octets[APP_PASSWORD_PROOF];
};

/* Of 20 random octets. */
void app_password_of(const uint8_t random[APP_PASSWORD_SIGNS],
    struct app_password *out);
/* As people are shown it. */
void app_password_show(const struct app_password *p,
    char text[APP_PASSWORD_TEXT]);
/* As people type it: any case, with or without "-" and spaces. False: it can be
 * none. (It may be a person's own password all the same.) */
must_check bool app_password_read(struct str typed, struct app_password *out);

void app_proof_of(const struct seal_key *key, struct str lower_address,
    const struct app_password *p, struct app_proof *out);
/* hash: SHA-256 of a public key, CERTIFICATE_HASH octets. */
void certificate_proof_of(const struct seal_key *key, struct str hash,
    struct app_proof *out);
/* Takes the same time for every proof. */
bool app_proof_is(const struct app_proof *p, struct str kept);

struct app_secrets {
	struct scram_keys scram;
	bool cram;
	char shown[APP_PASSWORD_TEXT];
};
enum { APP_SECRETS_MAX = SCRAM_KEYS_LEN + APP_PASSWORD_TEXT };
void app_secrets_put(const struct app_secrets *s, struct buf *b);
must_check bool app_secrets_read(struct str record, struct app_secrets *out);
/* HMAC-MD5 of the challenge under what was shown: is it this?     RFC 2195 2
 * False of one that is not for CRAM-MD5; takes as long. */
must_check bool app_secrets_cram(OSSL_LIB_CTX *lib,
    const struct app_secrets *s, struct str challenge, struct str digest);
