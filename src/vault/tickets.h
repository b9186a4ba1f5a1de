/*
 * tickets.h - who is logged in on one front's connection. Pure.
 *
 * A ticket is 16 random octets that name a login, on this connection and
 * nowhere else: the table goes with it.
 */
#pragma once
#include "base/str.h"

enum { TICKET_LEN = 16, TICKETS_MAX = 65536 };

struct ticket {
	uint8_t id[TICKET_LEN];
	uint64_t account;	/* never 0 */
	/* A hash of the sealed credential, or of what is kept of the app
	 * password: with another one the ticket is worth nothing. */
	uint64_t credential;
	uint64_t app;		/* its number; 0: the account's own password */
	uint32_t service;
	int64_t until;		/* came by a token that is good so long; 0 */
	struct str address;	/* what to look the credential up by */
};

struct tickets;
struct tickets *tickets_new(void);
void tickets_free(struct tickets *t); /* NULL is fine */

/* Copies it. False if there are TICKETS_MAX already. */
must_check bool tickets_add(struct tickets *t, const struct ticket *add);
/* NULL if there is no such ticket; good until the table changes. */
const struct ticket *tickets_find(const struct tickets *t, struct str id);
void tickets_remove(struct tickets *t, struct str id);
