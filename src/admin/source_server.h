/*
 * source_server.h - a connection to another IMAP server, given to a process
 * that speaks with it.
 */
#pragma once
#include "admin/carrying.h"
#include "admin/options.h"

struct source_server {
	char host[256];
	const char *port;
	const struct options *options;	/* user, trust, starttls, plain */
	struct str password;
};

/* What was typed, and the password that goes with it: from --password-stdin or
 * --password-file. The password lies in the arena. */
int source_server_read(const struct options *o, struct arena *a,
    struct source_server *s, struct err *err);
/* Of a feed of carrying_run(). */
int source_server_feed(struct carrying *c, const struct source_server *s,
    struct err *err);
