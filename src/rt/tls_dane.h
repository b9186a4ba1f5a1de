/*
 * tls_dane.h - the keys that a server has to show, as its own DNS says them,
 * signed: instead of roots that are trusted.             RFC 6698, RFC 7672
 */
#pragma once
#include "base/str.h"

/* A TLSA record. RFC 6698 2.1 */
struct tlsa {
	uint8_t usage;		/* 2: of who signed it; 3: its own */
	uint8_t selector;	/* 0: certificate, 1: public key */
	uint8_t matching;	/* 0: itself, 1: SHA-256, 2: SHA-512 */
	struct str data;
};
enum { TLSA_MAX = 32, TLS_DANE_NAMES = 2 };

/* One record that fits is enough. Those that no client of mail can use are
 * passed over (RFC 7672 3.1.3, RFC 6698 4.1); where there are no others TLS is
 * wanted, with anybody (RFC 7672 2.2). */
struct tls_dane {
	struct str base;	/* the TLSA base domain: what SNI says, and the
				 * name of a certificate under usage 2 */
	struct str also[TLS_DANE_NAMES]; /* others that will do; may be empty */
	size_t n;
	struct tlsa record[TLSA_MAX];
};
