/*
 * tlsa.h - the keys that a mail host has published.   RFC 7672 2.2.2, 2.2.3
 *
 * Only what DNSSEC proves is taken, and only hosts whose addresses it proves
 * are asked about: name servers of the others may not answer such questions.
 */
#pragma once
#include "dns/hosts.h"
#include "rt/tls_dane.h"

enum tlsa_result {
	TLSA_NONE,	/* nothing was published that is proven */
	TLSA_FOUND,
	TLSA_FAILED,	/* nobody knows: the host must not be used now */
};
struct tlsa_set {
	enum tlsa_result result;
	/* The way to the host is proven as well, and not only the host: the
	 * MX records, or that there are none. */
	bool whole;
	struct str why;		/* TLSA_FAILED, in words */
	struct tls_dane dane;
};

/* Of hosts->host[i], at this port. Suspends; 0 or E_CANCELED, E_PEER,
 * E_TIMEOUT. What out points to is in the arena. */
enum { TLSA_MEMORY = 2 * 64 * 1024 + 4096 };
int tlsa_find(struct dns *d, const struct hosts *hosts, size_t i,
    uint16_t port, struct tlsa_set *out, struct arena *a, int64_t until_ms,
    struct err *err);
