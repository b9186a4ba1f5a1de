/*
 * dialogue.h - what the files of the runner share.
 */
#pragma once
#include "queue_world.h"

enum { LINES_MAX = 1000, SCRIPTS_MAX = 16, TEXT_MAX = 8 << 20,
	DAY_S = 86400, BEFORE_DAYS = 60, DAYS_MAX = 180 };

/* A visit to a server, told line by line. */
struct script {
	const struct test_server *server;	/* NULL: it is over */
	size_t from, to;		/* lines */
};

extern struct dialogue {
	struct queue_world w;
	const char *path;
	struct str line[LINES_MAX];
	size_t nlines, at;	/* at: that is carried out, from 0 */
	size_t from, to;	/* its block */
	const char *name[SERVERS_MAX];	/* of servers */
	struct script script[SCRIPTS_MAX];
	size_t nscripts;
	size_t heard[SERVERS_MAX];	/* octets of server.got */
	off_t logged;
	/* The days that the wall clock has seen, since BEFORE_DAYS before it
	 * began, and how far the journal of each was read. */
	int64_t first_day, last_day;
	uint64_t offset[DAYS_MAX];
	bool begun, started;
	int checks;
} D;

/* dialogue.c */
void no_return fail_at(size_t line, const char *fmt, ...) printf_like(2, 3);
/* The first word of *rest, which is then what follows it. */
struct str word_of(struct str *rest);
bool matches(struct str s, struct str want);	/* in want, * is anything */
uint32_t number_of(struct str s);
int64_t ms_of(struct str s);		/* "5m", "100ms" */
struct str block_line(size_t i);	/* without what makes it one */
void pass(int64_t ms);
void see_day(void);			/* that it is now, of the journal */

/* dialogue_hosts.c */
size_t host_index(struct str name);
void do_host(struct str rest);
void do_dns(struct str rest);

/* dialogue_queue.c: what alice and the operator do. */
void do_mail(struct str rest);
void do_operator(struct str rest);
void do_restart(struct str rest);

/* dialogue_expect.c */
void do_trace(struct str rest);
void do_log(struct str rest);
void do_heard(struct str rest);
void do_count(struct str rest);
void do_login(struct str rest);
void do_queue(struct str rest);
void do_inbox(struct str rest);
