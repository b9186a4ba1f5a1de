/*
 * policy.h - what store keeps about mail of strangers: rules.c, rules_find.c,
 * weigh.c.
 */
#pragma once
#include "base/ip.h"
#include "store/engine/note.h"
#include "store/policy/memory.h"

/* Who hands in a message, for rules. */
struct rule_search {
	struct sql *q;
	struct arena *a;
	struct str sender, author, host;	/* host: octets */
	bool sender_proven, author_proven;
	struct err *err;
	bool known;			/* what the server's rules say */
	struct rule_found *server;
};
struct rule_found {
	struct rule rule;
	uint32_t word;			/* RULE_none: no rule fits */
	struct str owner;		/* as of rule_row */
};

/* Whose rule goes first for this account; of 0 only the server's. Strs are in
 * the arena. */
int rules_find(struct rule_search *s, uint64_t account,
    struct rule_found *out);

/* What mx says of a message, for the report of its domain: is it that? */
bool dmarc_seen_take(struct str octets, struct dmarc_seen *s);
/* Counted; the writer's, in its transaction. */
int dmarc_count(struct engine *e, const struct dmarc_seen *s, struct err *err);
/* The report has gone, or comes again in later_s while it is kept. */
int aggregate_forget(struct engine *e, const struct aggregate_name *name,
    uint32_t later_s, struct err *err);

/* feedback.c: is it a domain of ours, or below one? 1: yes. */
int feedback_is_ours(struct sql *q, struct str domain, struct err *err);
/* Some of what is too old goes; 1: there is more. */
int feedback_drop_old(struct engine *e, struct err *err);

/* The network that is taken as one sender (RFC 6647 5), of octets of a host;
 * false: these are none. */
enum { SENDING_V4 = 24, SENDING_V6 = 64 };
must_check bool sending_network(struct str host, struct ip *network);
uint32_t sending_bits(const struct ip *ip);

/* Was mail from there taken lately? As memory_find(); the writer's. */
int policy_knows_network(struct engine *e, struct ip ip, int64_t *at_s,
    struct err *err);

/* Is it this machine? Never banned. */
bool ban_is_ours(const struct ip *ip);

/* A message was taken, of mx or of an account: from now on who sent it is
 * known, and whom it went to. since: as policy_wrote_to() said of each; NULL:
 * it was not asked. */
int policy_remember(struct engine *e, const struct write *w,
    const struct recipient *const *rcpt, size_t n, const int64_t *since,
    struct err *err);
/* Since when this account has known each of those elsewhere, because it wrote
 * to them, seconds since 1970; -1: it does not. The writer's. */
int policy_wrote_to(struct engine *e, uint64_t account,
    const struct recipient *const *rcpt, size_t n, int64_t *since,
    struct err *err);
/* One of an account that leaves later was taken: its id is remembered now, and
 * whom it goes to, who is new only once. */
int policy_remember_later(struct engine *e, const struct write *w,
    const struct recipient *const *rcpt, size_t n, const int64_t *since,
    struct err *err);
