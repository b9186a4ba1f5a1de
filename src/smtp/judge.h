/*
 * judge.h - who wrote what arrives, and may it come in: SPF, DKIM, ARC, DMARC,
 * what lists, the operator and store know of the sender, what is said of it in
 * front of the text, and what is done.
 *
 * The dialogue knows the five functions of smtp_judge only; mx alone has
 * something behind them.
 */
#pragma once
#include "mail/submit.h"
#include "policy/attached.h"
#include "policy/policy.h"
#include "policy/score.h"
#include "smtp/reply.h"

struct config;
struct arc_seal_ask;
struct dns;
struct errand;
struct feedback;
struct judging;
struct scan_answer;
struct scan_ask;
struct vault;

/* What comes from this machine itself. */
#define LOOPBACK STR("127.0.0.0/8 ::1")

/* Who hands in what; borrowed until the judging has ended. */
struct judge_ask {
	struct str peer;	/* an address, as text */
	struct str helo, reverse_path;
	struct str rcpts;	/* submit_recipient_list() */
	struct str forwards;	/* submit_forwards() */
	bool reads;		/* one of them reads reports of others */
	bool hasty;		/* it did not wait for EHLO's answer */
	bool each;		/* one recipient can be refused alone */
};

/* strs are in the arena, or static. */
struct verdict {
	struct reply refusal;	/* code 0: it may come in */
	struct reply others;	/* with `each`: those hear this whose rules do
				 * not have it in; code 0: it is for all */
	bool junk;		/* but not into INBOX */
	bool hold;		/* nor into Junk */
	bool forged;		/* DMARC or SPF says so, whatever
				 * is done about it */
	struct str fields;	/* whole header fields, for in front */
	struct str words;	/* one line for log and journal, ASCII */
	struct standing standing; /* to be remembered, if it is taken */
	struct str counted;	/* for a report to the domain in From,
				 * if it is taken: submit_counted() */
	struct wrote wrote;	/* by whom, and */
	struct str handed_by;	/* octets of its host, for rules */
	struct str traits;	/* of its text, for its readers' filters */
	enum lesson lesson;	/* what is known of it without them */
	bool read;		/* store has it: it was a report, */
	struct str report;	/* this one; or why it was not read; empty:
				 * nobody wanted to */
	struct str seal;	/* fields for those it is sent on to */
	struct str unsealed;	/* why there are none; empty: all is well */
};

struct smtp_judge {
	/* NULL: nobody looks at what these hand in. */
	struct judging *(*begin)(const struct smtp_judge *judge,
	    const struct judge_ask *ask);
	/* The text as it came, cut anywhere. */
	void (*feed)(struct judging *j, struct str octets);
	/* Who sees its parts, good until the end. */
	struct mime_watch (*watch)(struct judging *j);
	/* The text is complete; once. Suspends. */
	void (*finish)(struct judging *j, struct arena *a,
	    struct verdict *out);
	void (*end)(struct judging *j);	/* NULL is fine */
	/* Have it sealed, as vault_seal_mail(); NULL: nobody does. */
	int (*seal)(struct vault *v, const struct arc_seal_ask *ask,
	    struct str *fields, struct arena *a, struct err *err);
	/* Read what others report, as feedback_read(); NULL: nobody does. */
	int (*read_report)(struct str file, uint64_t salt, struct arena *a,
	    struct feedback *out, struct err *err);
	struct vault *vault;
	/* Have it looked at, as errand_scan(); NULL: nobody does. */
	int (*scan)(struct errand *e, const struct scan_ask *ask, int fd,
	    struct scan_answer *answer, struct arena *a, int64_t until_ms,
	    struct err *err);
	struct errand *errand;
	uint64_t *shown;	/* octets of all that is kept for that now */
	struct loop *loop;
	struct dns *dns;
	struct store *store;
	struct str hostname;	/* the service's */
	struct str unjudged;	/* as in rt/config.h */
	struct str dns_lists;	/* the same; asked in this order */
	struct str arc_trusted;	/* the same: domains */
	struct str list_trusted;
	bool authenticate;	/* by SPF, DKIM and DMARC */
	bool enforce;		/* what a domain wants by DMARC */
	bool count;		/* what a domain is to be told by reports */
	bool filter;		/* what readers call spam, by its text */
	bool dry;		/* nothing is remembered of it */
	struct policy policy;
	struct score_bars bars;
	struct attached_rules attached;
	struct judge_scan {
		bool clamav, rspamd;
		bool wait;	/* for one that is away */
		uint64_t most;	/* octets that they are shown */
		uint32_t time_s;
		enum attached_then virus;
	} scans;
};

enum {
	JUDGE_MS = 30000,	/* for all that is asked of DNS, and then as
				 * long as scanners may take */
	JUDGE_LISTS_MS = 5000,	/* for lists, of that */
	JUDGE_RCPTS = RCPTS_WEIGHED + 1, /* that are asked about */
	JUDGE_MEMORY = 8 << 20,
};

/* The five; nobody to ask, and nothing is looked at. */
extern const struct smtp_judge smtp_judge_mx;
/* Look at what this says; its strs must outlive the judge. */
void smtp_judge_configure(struct smtp_judge *judge, const struct config *c);
