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
 */
#pragma once
#include "base/str.h"
#include "vault/seal.h"

enum {
	APP_PASSWORD_SIGNS = 20,
	APP_PASSWORD_TEXT = 23,		/* with "-" between the groups */
	APP_PASSWORD_PROOF = 32,
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
/* Takes the same time for every proof. */
bool app_proof_is(const struct app_proof *p, struct str kept);
