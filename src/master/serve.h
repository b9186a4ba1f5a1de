/*
 * serve.h - what the command line asks of the master, an executable of its own
 * (postern-master) that takes the place of the process which asks. So it
 * carries nothing of the commands, and signals and exit code are its own.
 *
 * It is asked by open files, at fixed numbers:
 *
 *   SERVE_LOG    where it logs
 *   SERVE_ORDER  all else, by its shape, in memory that nobody can change
 *   SERVE_TELL   maybe a pipe: 'R' is written when all is ready; 'F' and a
 *                line of text if it never will be
 */
#pragma once
#include "base/err.h"
#include "rt/config.h"

struct serve {
	const struct config *config;	/* workers 0: only store and vault */
	/* To be read again at SIGHUP, and then only; empty: there is none. */
	struct str file;
	/* Also in a data folder that is missing or empty. */
	bool make_data;
	int tell_fd;			/* or -1 */
	int log_fd;
};

/* Become the master, which lies at path. Comes back only if that fails: then
 * tell_fd and log_fd are at their fixed numbers already. */
int serve_become(const struct serve *s, const char *path, struct err *err);

/* In the master: what it is asked. What s points to lives in the arena.
 * E_PROTO: nobody asks anything. */
int serve_take(struct arena *a, struct serve *s, struct err *err);

enum { SERVE_LOG = 2, SERVE_ORDER, SERVE_TELL, SERVE_FREE };
#define FIELDS_serve_order(F, S)       \
	F(S, str, config, 200000)      \
	F(S, str, file, 4000)          \
	F(S, u8, make_data, 0)         \
	F(S, u8, tells, 0)	/* there is a SERVE_TELL */
MSG_STRUCT(serve_order);
