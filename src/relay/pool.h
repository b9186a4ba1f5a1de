/*
 * pool.h - connections to the hosts that mail goes to: those in use, and
 * those kept open for a few seconds for the next message. RFC 5321 4.5.4.1
 *
 * Connections are interchangeable when their keys are equal: address, port,
 * name, TLS, login and source. Nothing here dials.
 */
#pragma once
#include "dns/hosts.h"
#include "smtp/client.h"

enum {
	POOL_IDLE_MS = 5000,
	POOL_IDLE_MAX = 100,	/* kept idle, all together */
	/* Then a new one: RFC 5321 has no limit, but many servers do. */
	CONN_MESSAGES_MAX = 100,
};

struct pool_conn {
	struct pool_conn *next, **prev;
	struct pool *pool;
	struct smtp_client *client;	/* NULL while it is being dialled */
	struct host_address address;
	struct str key;			/* malloced */
	bool idle, used;		/* used: messages went over it before */
	uint64_t site;			/* shape_site_of(); 0: none */
	uint32_t messages;		/* as many, then a new one */
	int64_t until_ms;		/* idle: then it is closed */
};

struct pool;
struct pool *pool_new(struct loop *l);
/* Those in use must have been given back. */
void pool_free(struct pool *p); /* NULL is fine */

/* An idle one that is still alive, or NULL. It is the caller's until
 * pool_give(). */
struct pool_conn *pool_take(struct pool *p, struct str key);
/* Count one more to this address, with no client yet: the caller dials. */
struct pool_conn *pool_add(struct pool *p, struct str key,
    const struct host_address *a);
/* Done with it: kept if it can be used again, else closed (QUIT is said on a
 * fiber of its own). NULL is fine. */
void pool_give(struct pool_conn *c);
/* It is of no use: closed at once. NULL is fine. */
void pool_drop(struct pool_conn *c);

/* May there be one more connection to this address? Room is made by closing
 * idle ones to it: false if `max` are in use (0: any number). */
bool pool_room(struct pool *p, const struct host_address *a, uint32_t max);
/* The same of a site; and how many of it are in use. */
bool pool_site_room(struct pool *p, uint64_t site, uint32_t max);
uint32_t pool_site_busy(const struct pool *p, uint64_t site);
/* Suspends until one was given back or closed: 0, E_TIMEOUT, E_CANCELED. */
int pool_wait(struct pool *p, int64_t until_ms);
/* There may be more room: those who wait look. */
void pool_look_again(struct pool *p);
/* QUIT to all idle ones; from now on none are kept. */
void pool_stop(struct pool *p);
size_t pool_count(const struct pool *p);	/* all there are */
