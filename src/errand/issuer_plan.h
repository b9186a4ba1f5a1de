/*
 * issuer_plan.h - where errand goes for an issuer of tokens. Pure.
 *
 * All of it is what the configuration says. An issuer that says itself where
 * its keys are names a path of its own host: another host the operator names.
 */
#pragma once
#include "errand/table.h"
#include "rt/config.h"

/* The issuer of this name, among those of the configuration: its struct
 * oauth_conf each. False: there is none. */
must_check bool issuer_find(struct str oauth, struct str name,
    struct oauth_conf *out);

/* OpenID Connect Discovery 4.1, and with a path RFC 8414 3.1 wants it the other
 * way round: `second`. */
must_check bool issuer_plan_discovery(const struct oauth_conf *issuer,
    bool second, struct arena *a, struct errand_plan *out);
/* said: empty, or what its discovery named. */
must_check bool issuer_plan_keys(const struct oauth_conf *issuer,
    struct str said, struct arena *a, struct errand_plan *out);
must_check bool issuer_plan_token(const struct oauth_conf *issuer,
    struct str token, struct arena *a, struct errand_plan *out);

/* Every port that these may go to: fn is called for each. */
void issuer_ports(struct str oauth, void (*fn)(void *arg, uint16_t port),
    void *arg);
