/*
 * service.h - the engine as a service on connections: who may ask what is
 * messages.h; this is where asks meet the loop, the readers and the writer.
 *
 * Everything here belongs to the loop's thread; the service has threads of
 * its own.
 */
#pragma once
#include "rt/loop.h"
#include "store/engine/engine.h"

struct service;

/* For engine_options.calls. */
extern const struct engine_call service_engine_calls[STORE_NCALLS];

/* What strangers may do in an hour, and how long who does more is banned: the
 * first time, and at most. 0: any; nobody is banned. */
struct door_settings {
	uint32_t messages, recipients, to_recipient, unknown, errors, logins;
	uint32_t etrn, of_domain;
	uint32_t ban_s, ban_longest_s;
};

struct service_options {
	struct loop *loop;
	struct engine *engine;
	struct log *log;
	/* Threads that read. 0: no threads, the writer's neither. All runs on
	 * the loop, whose clock may then be a fake one. */
	int readers;
	/* The disk failed: nothing of the present batch was promised. It does
	 * not return. Called on the writer's thread. */
	void (*fatal)(void *arg, const struct err *why);
	void *arg;
	struct door_settings door;
};

int service_new(const struct service_options *o, struct service **s,
    struct err *err);
/* Ends the threads; what the writer had is done first. */
void service_free(struct service *s);

/* The engine has other settings of the queue; and these are the door's. */
void service_settings(struct service *s, const struct door_settings *door);

/* A connection that has one authority from now on. worker: which of several
 * mx, or of AUTH_LOCAL whose program it is (uid). Owns fd. E_LIMIT: too many
 * of these. */
int service_connect(struct service *s, int fd, uint32_t authority,
    uint64_t account, uint32_t worker, struct err *err);
