/*
 * lookup.h - what the checks of this folder ask of DNS, through whoever can.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "dns/messages.h"

/* May suspend. An answer, in the arena, of at most DNS_ANSWER_MEMORY; what
 * cannot be asked is one whose result is DNS_FAILED. */
struct trust_dns {
	void (*lookup)(void *arg, struct str name, enum dns_type type,
	    struct lookup_answer *answer, struct arena *a);
	void *arg;
};
