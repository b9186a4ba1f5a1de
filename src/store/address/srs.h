/*
 * srs.h - the reverse-path of mail that is sent on: the sender rewriting
 * scheme.
 *
 * Who forwards mail of others under their reverse-path fails at every
 * receiver that looks at SPF (RFC 7208 2.4, appendix D.3). So it becomes an
 * address of the forwarder's, from which the true one can be told again, and
 * that only the forwarder can make:
 *
 *   a@b                     SRS0=hash=day=b=a@forwarder
 *   SRS0=rest@first         SRS1=hash=first==rest@forwarder
 *   SRS1=hash=first==rest   the same with a hash of our own
 *
 * so a path grows once and a bounce goes back by way of the first forwarder.
 * hash: SipHash with a secret key; day: modulo 1024. Both base32 (RFC 4648 6),
 * and read in any case, as others may change it. Pure.
 */
#pragma once
#include "base/arena.h"

enum { SRS_DAYS = 21, SRS_KEY = 16 };

struct srs_key {
	unsigned char octets[SRS_KEY];
};

/* The reverse-path to send on with. False if it cannot be rewritten: it needs
 * quotes, is not of a domain name, or would be too long for a path (RFC 5321
 * 4.5.3.1.3); then it has to stay. The 64 octets of a local part are passed,
 * as by all who do this. *out lives in the arena. */
bool srs_rewrite(const struct srs_key *k, struct str path, struct str domain,
    int64_t now_s, struct arena *a, struct str *out);

/* Does a local part look like one of these? */
bool srs_is(struct str local);

/* Where a bounce to this local part of ours goes. False if we did not make it,
 * or more than SRS_DAYS ago. */
bool srs_return(const struct srs_key *k, struct str local, int64_t now_s,
    struct arena *a, struct str *out);
