/*
 * jmap.h - JMAP: what a worker of HTTP adds to its routes.
 *                                                          RFC 8620, RFC 8621
 */
#pragma once
#include "http/http.h"
#include "rt/config.h"

struct jmap;

/* What people of one worker have beyond a request: uploads, streams of events,
 * and how much they do at once. vault must outlive it. */
struct jmap *jmap_new(struct loop *l, struct vault *vault,
    const struct config *c);
/* Of a new configuration; it holds for what begins then. */
void jmap_configure(struct jmap *j, const struct config *c);
void jmap_free(struct jmap *j);		/* after every request */

/* The handlers work on a struct jmap: http_route.of. */
extern const struct http_route jmap_routes[];
extern const size_t jmap_nroutes;
