/*
 * names.h - looking up names for a command, as the server does.
 *
 * Over the control socket of a running server; if none runs, by a resolver
 * started for as long as this lives, in a folder that goes with it.
 */
#pragma once
#include "admin/admin.h"
#include "dns/tlsa.h"
#include "trust/lookup.h"

struct names;

/* Which server: --data, --config, ./postern.conf or ./postern-data; none of
 * them: what is the default of every setting. */
int names_open(struct admin *a, const struct options *o, struct names **n,
    struct err *err);
void names_close(struct names *n); /* NULL is fine */

/* hosts_find(); waits. Strs live as long as the command. */
int names_find(struct names *n, struct str domain, bool mx,
    struct hosts *hosts, struct err *err);
/* tlsa_find(), of the host i of those; waits. */
int names_tlsa(struct names *n, const struct hosts *hosts, size_t i,
    uint16_t port, struct tlsa_set *out, struct err *err);
/* Have fn ask whatever it wants; returns when it does. */
void names_ask(struct names *n, void (*fn)(void *arg,
    const struct trust_dns *dns), void *arg);
/* A connection of its own to the resolver that this asks: a descriptor. */
int names_connection(struct names *n, int *fd, struct err *err);
/* The configuration that was found: its routes are known to it only. */
const struct config *names_config(const struct names *n);
/* May mail go to private addresses that DNS names? */
bool names_private(const struct names *n);
