/*
 * api.h - HTTP for programs that send mail: notifications, newsletters.
 *                                                                 doc/api.md
 */
#pragma once
#include "http/http.h"
#include "rt/config.h"

struct api;

/* What all requests of a worker have in common: its routes' `of`. Copies what
 * it needs of the config; the vault must outlive it. */
struct api *api_new(struct vault *v, const struct config *c);
void api_configure(struct api *a, const struct config *c);
void api_free(struct api *a);	/* after every request; NULL is fine */

extern const struct http_route api_routes[];
extern const size_t api_nroutes;
