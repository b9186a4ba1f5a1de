/*
 * resolve.h - whose an address is, and where an alias leads.
 *
 * An address of a domain of ours is, the first that fits: an account's; an
 * alias; with RECIPIENT_DELIMITER in its local part, what stands before it is
 * one of these; postmaster or abuse, which every domain has (RFC 5321 4.5.1,
 * RFC 2142 2 and 5), mailer-daemon, which reports come from, or mail-reports,
 * where those of others go, then its oldest account's; a reverse-path that we
 * rewrote (srs.h); the domain's alias "*".
 *
 * In a domain that takes no mail there is nobody, postmaster neither: it has a
 * null MX (RFC 7505). In one that is passed on to other servers (relayed.h)
 * there are aliases, and else what is listed of it.
 */
#pragma once
#include "store/address/address.h"
#include "store/engine/engine.h"
#include "base/map.h"
#include "base/vec.h"
#include "store/sql/sql.h"

/* What others may send reports to (messages_feedback.h). */
#define RESOLVE_REPORTS STR(FEEDBACK_LOCAL)

enum {
	RESOLVE_LEVELS = 10,	/* of aliases that lead to aliases */
	RESOLVE_TARGETS = 1000,	/* of one alias, with all levels */
	RESOLVE_MESSAGE = 20000, /* of all recipients of a message */
};

struct resolved {
	enum address_kind kind;
	uint64_t account;
	struct str domain, local;	/* of the alias that has it */
	bool reports;		/* its account only gets what is no report */
	bool relayed;		/* its domain is passed on, or takes no mail */
};
/* Strs live in the arena. */
int resolve_address(struct sql *q, struct arena *a, struct str address,
    struct resolved *out, struct err *err);
/* It is of others: elsewhere, or in a domain that is passed on, where only
 * aliases are ours. */
static inline bool
resolve_is_theirs(const struct resolved *who)
{
	return who->kind == ADDRESS_REMOTE ||
	    (who->relayed && who->kind != ADDRESS_ALIAS);
}

/* One of the names that reach whoever runs the server. */
bool resolve_is_postmaster(struct str local);
/* The account that has this very address, 0 if there is none: for logins. */
int resolve_account(struct sql *q, struct arena *a, struct str address,
    uint64_t *account, struct err *err);
/* The same where there has to be one: E_NOTFOUND names it. */
int resolve_named(struct sql *q, struct arena *a, struct str address,
    uint64_t *account, struct err *err);

/* May a caller write as this address (sender_ask)? E_DENIED. Their own, with
 * whatever behind the delimiter, and every alias that leads straight to them;
 * nobody's, which reports have (RFC 8098 3); whom the operator lets them
 * (SEND_AS_*); a LOCAL: all of our domains. */
int resolve_sender(struct sql *q, struct arena *a, const struct caller *c,
    struct str address, struct err *err);

/* A walk along aliases for one message. Nothing is met twice: loops end where
 * they began. */
struct target {
	struct str address;	/* as the alias has it */
	uint64_t account;	/* 0: a remote one */
};
/* Where a walk has yet to go. */
struct step {
	struct str address;
	unsigned level;
};
struct walk {
	struct sql *q;
	struct arena *a;
	struct map seen;
	struct VEC(struct target) found;	/* none of them twice */
	size_t met;		/* ends of the last walk_along(), also those
				 * found before */
	bool to_the_first;	/* only wants to know whether there is one */
	/* An alias that is about to be: is it met? */
	struct str domain, local;
	bool returns;
	/* Its own. */
	struct VEC(struct step) steps;
	size_t total;
	unsigned walks;
};
void walk_begin(struct walk *w, struct sql *q, struct arena *a);
void walk_end(struct walk *w);
/* True the first time. */
bool walk_meet(struct walk *w, const struct target *t);
/* Add what the address leads to. Targets that nobody has are passed over.
 * E_LIMIT over the bounds above. */
int walk_along(struct walk *w, struct str address, struct err *err);
