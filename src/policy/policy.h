/*
 * policy.h - may it come in, and where does it go: from what the operator said
 * of its sender, what lists say, and what is known of it. Pure.
 */
#pragma once
#include "policy/dns_list.h"
#include "store/messages.h"

struct policy {
	enum greylist_rule greylist;
	int64_t delay_s;	/* RFC 6647 5: at least, between two tries */
};

struct policy_facts {
	const struct weigh_answer *store;
	bool proven;		/* SPF or DKIM has proven some domain */
	bool wanted;		/* it is proven to be of somebody whom all
				 * recipients have written to */
	bool here;		/* the host is this one: never sent away */
	struct dns_listing list;
};

enum policy_act {
	POLICY_JUDGE,		/* nothing is known that decides */
	POLICY_ALLOW,		/* whatever else is found */
	POLICY_JUNK,
	POLICY_HOLD,
	POLICY_DEFER,		/* 451: it is to come again */
	POLICY_REFUSE,
};
struct policy_decision {
	enum policy_act act;
	int64_t wait_s;		/* of DEFER: until then */
	bool remember;		/* if it is taken: its sender is known */
	struct str rule;	/* its subject as text; empty: none */
	struct str words;	/* for the verdict; empty, or behind a space */
};

/* Strs lie in the arena, or are static. */
void policy_decide(const struct policy *p, const struct policy_facts *f,
    struct arena *a, struct policy_decision *out);
