/*
 * key_rotation.h - keys that have signed mail for long enough make way for
 * those in reserve, where these are published.          RFC 6376 3.1, 3.6.1
 *
 * A fiber asks vault now and then which are due (dkim-rotate) and looks for the
 * record of the one in reserve: vault reaches no resolver, and reads nothing
 * of strangers. Until it is there, the other goes on.
 */
#pragma once
#include "relay/relay.h"

struct key_rotation;

/* The relay's options, and the configuration of this moment. */
struct key_rotation *key_rotation_new(const struct relay_options *o,
    const struct config *c);
void key_rotation_configure(struct key_rotation *k, const struct config *c);
void key_rotation_start(struct key_rotation *k);
/* The fiber ends soon. */
void key_rotation_stop(struct key_rotation *k);
void key_rotation_free(struct key_rotation *k);	/* it has; NULL is fine */
