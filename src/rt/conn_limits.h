/*
 * conn_limits.h - how many connections there are and of whom, over all workers
 * of a role.
 *
 * Workers are processes of their own that accept on the same sockets, so they
 * count in memory that they share. Each has a part of the table that nobody
 * else writes to; whoever looks adds up all parts. There is no lock, no pointer
 * and nothing that one could wait for: a worker that was taken over can lie
 * about its own connections, or overwrite the counts of others, and so keep
 * people out or let too many in. It cannot do more, because every number found
 * there is only compared. A worker that is started anew begins with a part of
 * zeros. Two that count in the same moment may let one too many in.
 *
 * By address means an IPv4 address or an IPv6 /64, which one machine has; by
 * network a /24 or a /48. Loopback may have ten times as many: programs of this
 * machine speak for many people.
 */
#pragma once
#include "base/err.h"
#include "base/log.h"
#include "rt/config.h"

enum { LIMITS_WORKERS = 8 };	/* of one role */
/* Web is counted together with front, as a worker more. */
enum { LIMITS_WEB = LIMITS_WORKERS, LIMITS_PARTS };

enum limit {
	LIMIT_NONE,
	LIMIT_ADDRESS,
	LIMIT_NETWORK,
	LIMIT_ACCOUNT,
	LIMIT_ALONE,	/* one that wants an account for itself */
	LIMIT_TOTAL,
	LIMIT_DELAY,	/* between two logins */
	LIMIT_BAN,	/* rt/bans.h */
	LIMIT_N
};
/* "address" */
const char *limit_name(enum limit l);

/* The memory, empty: for master, who hands it to every worker. */
must_check int limits_make(struct err *err);

/* Which of the two roles counts. */
enum limits_side { LIMITS_SMTP, LIMITS_PEOPLE, LIMITS_SIDES };

struct limits;
/* Maps fd, which is closed; -1: memory of our own. The numbers are those of
 * *c, which may change. */
struct limits *limits_new(int fd, enum limits_side side, uint32_t worker,
    const struct config *c);
void limits_free(struct limits *l);	/* NULL is fine */

/* A connection that is counted. */
struct visit {
	struct limits *limits;	/* NULL: not counted */
	char address[46];
	uint32_t place[LIMIT_TOTAL];	/* by limit */
};
/* Somebody came. Anything but LIMIT_NONE: too many, and it is not counted.
 * Strangers leave a tenth of all room to addresses from which somebody logged
 * in within LIMITS_LATELY_S. */
must_check enum limit visit_begin(struct visit *v, struct limits *l,
    const char *address, int64_t now_s);
enum { LIMITS_LATELY_S = 7 * 86400 };
/* They have logged in to this account, which is counted till the end or the
 * next login. */
must_check enum limit visit_login(struct visit *v, struct str account,
    int64_t now_s);
/* Behind visit_login(), till the end or the next login: nobody but this one is
 * to have the account so. False: somebody else has it (or it cannot be counted,
 * so many others are). Of two that ask in the same moment none may get it, but
 * never both. */
must_check bool visit_alone(struct visit *v, struct str account);
/* Has there been a login so within the last delay_s seconds? If not, now there
 * is. 0: never; a few are forgotten earlier where very many log in. */
must_check bool visit_is_early(struct visit *v, struct str account,
    uint32_t delay_s, int64_t now_s);
/* The login came to nothing; the connection goes on. */
void visit_logout(struct visit *v);
void visit_end(struct visit *v);

/* At most one line a second in the log, with how many more there were. */
void limits_log(struct limits *l, struct log *log, int64_t now_ms,
    enum limit by, const char *address);
