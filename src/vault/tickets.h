/*
 * tickets.h - who is logged in on one front's connection. Pure.
 *
 * A ticket is 16 random octets that name an account, on this connection and
 * nowhere else: the table goes with it.
 */
#pragma once
#include "base/str.h"

enum { TICKET_LEN = 16, TICKETS_MAX = 65536 };

struct tickets;
struct tickets *tickets_new(void);
void tickets_free(struct tickets *t); /* NULL is fine */

/* False if there are TICKETS_MAX already. */
must_check bool tickets_add(struct tickets *t, const uint8_t id[TICKET_LEN],
    uint64_t account);
/* The account; 0 if there is no such ticket. */
uint64_t tickets_find(const struct tickets *t, struct str id);
void tickets_remove(struct tickets *t, struct str id);
