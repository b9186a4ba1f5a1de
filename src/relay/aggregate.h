/*
 * aggregate.h - the reports that domains ask for: about mail in their name, and
 * about TLS with their hosts.                  RFC 7489 7.2, RFC 8460
 *
 * A fiber looks now and then whether store has one that is due, makes a message
 * of its rows, has vault sign it and gives it back: store sends it and forgets
 * the rows in one commit. What cannot be signed is not sent.
 */
#pragma once
#include "relay/relay.h"
#include "relay/tls_tally.h"

struct aggregates;

/* The relay's options, and the configuration of this moment. What is in the
 * tally goes to store, if its domain asks for reports. */
struct aggregates *aggregates_new(const struct relay_options *o,
    const struct config *c, struct tls_tally *tally);
void aggregates_configure(struct aggregates *g, const struct config *c);
void aggregates_start(struct aggregates *g);
/* The fiber ends soon. */
void aggregates_stop(struct aggregates *g);
void aggregates_free(struct aggregates *g);	/* it has; NULL is fine */
