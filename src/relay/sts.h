/*
 * sts.h - what a domain says about TLS of those who bring it mail, found out
 * and remembered: MTA-STS.                              RFC 8461 3, 5.1
 *
 * The record is asked for each time (resolver remembers it); the policy is
 * fetched when there is none, or the record names another one, or a day has
 * passed since (then behind the back of whoever asked). What is kept is good
 * until its max_age, whatever becomes of the record or of the fetching: nobody
 * on the way can take it back.
 */
#pragma once
#include "dns/client.h"
#include "errand/client.h"
#include "store/client.h"
#include "trust/mta_sts.h"

struct sts;

struct sts_policy {
	enum sts_mode mode;	/* what is to be done */
	struct str id;		/* empty: there is no policy */
	struct str mx;		/* patterns, a space between */
	uint32_t max_age_s;
	/* What went wrong, also where a kept policy applies nevertheless: a
	 * result-type of RFC 8460 4.3 (empty: nothing), and words. */
	struct str result, why;
};

struct sts_options {
	struct loop *loop;
	struct store *store;
	struct dns *dns;
	struct errand *errand;	/* NULL: there never is any policy */
};

/* They are the caller's, and live longer. */
struct sts *sts_new(const struct sts_options *o);
/* What goes on behind anybody's back ends soon. */
void sts_stop(struct sts *s);
void sts_free(struct sts *s);	/* no fiber is left; NULL is fine */

/* Suspends. domain: of the recipient, or of the host that a route names (3.4);
 * an A-label in lower case. No mail fails by it: what cannot be found out is
 * STS_NONE, and out->result says why. E_CANCELED; E_PEER, E_TIMEOUT: store is
 * away, so nobody knows what it has. What out points to is in the arena: less
 * than STS_MEMORY. */
enum { STS_MEMORY = 16 * 1024 };
int sts_find(struct sts *s, struct str domain, struct sts_policy *out,
    struct arena *a, int64_t until_ms, struct err *err);

/* May this host (of an MX record, in lower case) have the mail, as far as the
 * policy names hosts? Everybody may, where there is none.                4.1 */
bool sts_allows(const struct sts_policy *p, struct str host);
