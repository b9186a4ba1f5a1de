/*
 * sync.h - all entries are looked at, and store follows.
 */
#pragma once
#include "ldap/connect.h"
#include "ldap/messages.h"
#include "rt/reconnect.h"

struct ldap_sync {
	const struct ldap_server *server;
	struct reconnect *store;
	uint64_t change;	/* of the last change that was asked for */
};

/* One look. Suspends, for minutes where there are many. 0 and what was done; or
 * why it was not, or not to its end: nobody is taken for gone then. The rows
 * are *rows's, whose cap is LDAP_SYNC_ROWS. */
int ldap_sync_run(struct ldap_sync *s, bool dry, bool force,
    struct ldap_sync_answer *out, struct buf *rows, struct err *err);
