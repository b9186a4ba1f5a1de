/*
 * test_world.h - a relay on a fake clock, with a store, a resolver and SMTP
 * servers that are a few lines each.
 */
#pragma once
#include "lib/fake_store.h"
#include "relay/relay.h"
#include "relay/relay_int.h"
#include "relay/test_dns.h"
#include "relay/test_server.h"

enum { WORLD_LEASES = 20000,
	WORLD_HANDED = 64 };

struct handed {
	uint32_t kind;
	struct str destination;
	struct buf items;
};

struct world {
	struct fake_clock clock;
	struct loop *loop;
	struct log *log;
	struct arena *mem;
	struct tls_lib *lib;
	struct relay_options options;
	struct config config;
	struct relay *relay;
	struct test_servers servers;
	struct test_server *server;		/* the first of them */
	struct dns dns;

	struct fake_store fake;
	struct store store;
	struct handed handed[WORLD_HANDED];
	size_t nhanded, ntaken;
	uint64_t leases;
	struct str text[WORLD_LEASES];
	int text_error[WORLD_LEASES];	/* E_* */
	struct queue_result *results;	/* in the order of reports */
	size_t nresults, nreports, nreleased, nreads;
	int64_t report_ms;		/* each report takes so long */
	int report_error;		/* the next one fails with it, */
	int report_errors;		/* and so many behind it */
	uint64_t report_never;		/* a lease: store chokes on it */
	int64_t read_ms;		/* each 1000 octets take so long */
	size_t waiting;			/* takes */
	struct buf bounced;		/* the text of the last */
	struct bounce_ask bounce;
	size_t nbounces;
};

/* What store answers. */
void test_store_init(struct world *w);
void world_open(struct world *w);
void world_close(struct world *w);
/* Begin with the configuration as it is now. */
void world_start(struct world *w);

struct test_server *world_server(struct world *w, const char *address);
void world_mx(struct world *w, const char *domain, uint32_t preference,
    const char *host);
void world_address(struct world *w, const char *host, const char *address);
/* "example.org" with two hosts: mx1 at 192.0.2.1, mx2 at 192.0.2.2; and
 * nothing is private. */
void world_example(struct world *w);

/* A message to these (commas between), for the next assignment. Its lease. */
uint64_t world_item(struct world *w, const char *rcpts, const char *text);
uint64_t world_item_with(struct world *w, struct queue_item item,
    const char *rcpts, const char *text);
/* A message that may have been handed out before. */
uint64_t world_item_of(struct world *w, struct queue_item item,
    uint64_t message, const char *rcpts, const char *text);
/* Hand out what was put together. */
void world_hand(struct world *w, enum take_kind kind, const char *destination);

void world_settle(struct world *w);
/* Until that many results have been reported; fails after ten minutes. */
void world_wait(struct world *w, size_t results);
void world_pass(struct world *w, int64_t ms);
const struct queue_result *world_result(struct world *w, uint64_t lease,
    uint32_t n);

#define assert_has(s, part)                                              \
	do {                                                             \
		if (str_find((s), STR(part)) == (s).n)                   \
			fail_msg("\"%.*s\" lacks \"%s\"", STR_FMT(s), part); \
	} while (0)
