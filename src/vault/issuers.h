/*
 * issuers.h - tokens are proven: by the keys of those who issue them, or by
 * asking them.
 *
 * Keys come through errand, which has read them, and are kept for a day at the
 * most; after an hour they are fetched anew behind the back of whoever uses
 * them. A token that none of them has signed has them fetched at once, but not
 * within a minute of the last time. So nobody waits for an issuer whose keys
 * are known, and for none longer than ISSUERS_WAIT_MS.
 */
#pragma once
#include <openssl/types.h>

#include "base/arena.h"
#include "errand/client.h"

enum {
	ISSUERS_WAIT_MS = 12 * 1000,
	ISSUERS_FRESH_MS = 3600 * 1000,
	ISSUERS_KEPT_MS = 24 * 3600 * 1000,
	ISSUERS_AGAIN_MS = 60 * 1000,	/* between two fetches, */
	ISSUERS_FAILED_MS = 10 * 1000,	/* where the first one failed */
	/* What an issuer said of a token is good for so long. */
	ISSUERS_TOKENS = 128, ISSUERS_TOKEN_MS = 60 * 1000,
};

struct issuers;
struct issuers *issuers_new(struct loop *l, OSSL_LIB_CTX *lib);
void issuers_free(struct issuers *s); /* NULL is fine; nothing is under way */
/* Owns fd. */
void issuers_connect(struct issuers *s, int fd);

struct proven_token {
	struct str address;	/* in the arena, in lower case */
	int64_t until;		/* it is good; 0: nobody says */
};

/* oauth: the configuration's, struct oauth_conf each. user: who they say they
 * are, or empty. Suspends. E_DENIED: it is not good here; E_STALE: it was;
 * E_TIMEOUT: nobody knows now, as err says; E_CANCELED. */
int issuers_prove(struct issuers *s, struct str oauth, struct str token,
    struct str user, struct arena *a, int64_t until_ms,
    struct proven_token *out, struct err *err);
