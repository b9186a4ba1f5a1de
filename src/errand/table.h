/*
 * table.h - what errand goes out for: every call it makes is a row here.
 *
 * Pure. What an ask is about is an attacker's: it becomes part of a host name
 * that begins with a word of the row, and of nothing else.
 */
#pragma once
#include "base/arena.h"
#include "errand/messages.h"

/* What is not said is 0. */
struct errand_plan {
	struct str host;	/* ASCII, lower case */
	const char *url;
	uint16_t port;
	struct str type;	/* of what is there, without parameters */
	struct str other_type;	/* which will do, too */
	size_t most;		/* octets of it */
	const char **fields;	/* of the header */
	size_t nfields;
	struct str body;	/* it is a POST of this */
	/* Of a server of the operator's: without TLS, at whatever address; it
	 * is sent what is in a file. */
	bool ours;
	int fd;
	uint64_t size;
};

/* False: no such errand, or what it is about can be no name of a host. */
bool errand_compose(const struct errand_ask *ask, uint16_t port,
    struct arena *a, struct errand_plan *out);
/* Is this Content-Type the one that the plan wants?  RFC 9110 8.3.1 */
bool errand_type_fits(const struct errand_plan *plan, struct str type);
