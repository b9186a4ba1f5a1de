/*
 * scan.h - messages are shown to other programs of the operator's: ClamAV's
 * clamd by its own protocol, rspamd by HTTP.
 *
 * Where they are says the configuration, never who asks.
 */
#pragma once
#include "errand/fetch.h"
#include "rt/config.h"

struct role;
struct scanners {
	struct loop *loop;
	struct role *role;	/* whose master dials sockets in the file
				 * system */
	struct dns *dns;
	struct fetcher *fetcher;
	const struct config *conf;
};

/* Suspends. fd: the message. 0 and an answer, its strs in the arena, or
 * E_CANCELED. */
int scan(const struct scanners *s, const struct scan_ask *ask, int fd,
    struct scan_answer *out, struct arena *a, int64_t until_ms);
