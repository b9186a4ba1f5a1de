/*
 * queue_world.h - the real store and the real relay in one process, on a fake
 * clock: what lies around them (DNS, the servers of others) is a few lines.
 */
#pragma once
#include "relay/relay.h"
#include "relay/test_dns.h"
#include "relay/test_server.h"
#include "store/service/service.h"

/* 2026-11-22T04:00:00Z */
static const int64_t BEGAN_US = 1795320000000000;

struct queue_world {
	struct fake_clock clock;
	struct loop *loop;
	int logfd;
	struct log *log;
	struct arena *mem;	/* as long as the world */
	struct config config;

	char path[64];		/* the data folder */
	int dirfd;
	struct files *files;
	struct engine *engine;
	struct service *service;
	struct ipc *operator_;
	struct store *alice;	/* she is alice@example.test */
	uint64_t account;	/* hers */

	struct test_servers servers;
	struct dns dns;
	struct tls_lib *lib;
	struct relay_options options;
	struct relay *relay;
	struct err err;
};

/* What goes wrong in here ends the process. */
void queue_world_open(struct queue_world *w);
/* text: what postern.conf says besides the hostname. */
void queue_world_config(struct queue_world *w, struct str text);
/* These suspend. With the configuration as it is now: */
void queue_world_begin(struct queue_world *w);
void queue_world_start_relay(struct queue_world *w);
/* Store ends and is started anew; who talks to it gets a new connection. */
void queue_world_restart_store(struct queue_world *w);
/* After relay has stopped: the connections, and store. */
void queue_world_end(struct queue_world *w);
/* After the loop; all fibers have ended. */
void queue_world_close(struct queue_world *w);

int queue_world_operator(struct queue_world *w, enum store_call which,
    const void *ask, void *answer);
