/*
 * serve.h - what the command line asks of the master, which stands above it.
 */
#pragma once
#include "base/err.h"
#include "rt/config.h"

struct serve {
	const struct config *config;	/* workers 0: only store and vault */
	/* Where postern-store etc. are; NULL: beside the running program, or
	 * in ../libexec/postern. */
	const char *libexec;
	/* Also in a folder that is missing or empty. */
	bool make_data;
	/* Read the configuration again (SIGHUP): strs into the arena. NULL:
	 * there is nothing to read. */
	int (*reload)(void *arg, struct arena *a, struct config *c,
	    struct err *err);
	void *arg;
	/* -1, or a pipe: 'R' is written when all is ready; 'F' and a line of
	 * text if it never will be. */
	int tell_fd;
	int log_fd;
};

/* Serve until SIGTERM or SIGINT. The exit code; problems are logged, and told
 * to tell_fd. Owns the process: its signals and its children. */
struct server {
	int (*run)(const struct serve *s);
};
