/*
 * engine.h - the store beneath its messages: one writer, many readers.
 *
 * The engine takes decoded asks and fills in answers; it knows no sockets and
 * makes no threads. The writer's functions are for one thread at a time, a
 * reader belongs to one thread.
 */
#pragma once
#include "base/log.h"
#include "store/disk/file.h"
#include "store/messages.h"

struct engine;

/* Of the queue, as the configuration says: no defaults here. */
struct queue_settings {
	uint32_t retry_min_s;	/* it doubles up to */
	uint32_t retry_max_s;
	uint32_t expire_s;	/* RFC 5321 4.5.4.1 */
	uint32_t notice_s;	/* 0: never tell of a delay */
	uint32_t host_connections; /* batches of one destination */
	uint32_t host_rate;	/* messages a minute to one; 0: any */
	uint32_t double_bounces;
	uint32_t hold_longest_s; /* what leaves later; 0: nothing does */
	uint32_t hold_messages;	/* of one account */
};

/* How long mail stays that nobody asked to be removed, or everybody has. */
struct age_settings {
	uint32_t deleted_s;	/* what was expunged; 0: GARBAGE_S */
	uint32_t junk_s, trash_s; /* what is in these mailboxes; 0: for ever */
	uint32_t held_s;	/* what is kept apart; 0: two weeks */
};

/* What accounts may hand in, by enum send_limit; 0: any. */
struct limit_settings {
	uint64_t most[SEND_LIMIT_KINDS];
};

/* How a call is executed: the engine knows none of its functions, it is handed
 * a table of them. */
struct write;
struct caller;
struct reader;
/* What an ask names that may be somebody else's: reach.h. Places in it, from 1
 * on; 0: nothing. */
struct engine_reach {
	uint16_t number, name, above;	/* above: a name that will be */
	uint16_t number_needs, name_needs, one_of;
	bool second;	/* the name is where it goes to: caller_to() */
};
struct engine_call {
	int (*write)(struct engine *e, struct write *w);
	int (*read)(struct reader *r, const struct caller *c, const void *ask,
	    union store_answer *answer, struct err *err);
	unsigned effects;	/* enum store_effect */
	struct engine_reach reach;
};

struct engine_options {
	const struct engine_call *calls;	/* by enum store_call */
	struct files *files;
	uint64_t pack_octets;	/* 0: 64 MB */
	uint64_t wal_octets;	/* restart the WAL there; 0: 64 MB */
	uint64_t reserve_octets; /* for a full disk; 0: 16 MB */
	uint64_t unused_pages;	/* that the database keeps; 0: 4 MB of them */
	uint64_t quota;		/* of an account; 0: none */
	uint64_t max_message;	/* octets */
	bool expands;		/* lists for people: messages_rcpt.h */
	uint64_t staged_octets;	/* by one mx worker; 0: 1 GB, or 32 of the
				 * largest messages */
	struct str hostname;	/* who sends reports, and in traces of local
				 * programs; copied, as divert */
	struct str divert;	/* who gets what nobody here has; empty */
	/* For domains of before the last A-label: schema.h. NULL: none. */
	bool (*a_label)(struct str name, struct arena *a, struct str *out);
	size_t column_octets;	/* cached columns; 0: 256 MB */
	struct queue_settings queue;
	struct age_settings ages;
	struct limit_settings limits;
	int64_t (*wall_us)(void *arg);	/* since 1970 UTC */
	/* That of CLOCK_MONOTONIC where threads wait by it. */
	int64_t (*mono_us)(void *arg);
	void (*random)(void *arg, void *p, size_t n);
	void *arg;
	struct log *log;	/* NULL: none */
};

/* Opens and recovers what is in the folder, or makes it. Where nothing can be
 * written (the disk is full and there is no reserve; the file system is
 * read-only), it is opened all the same, and every change refused; that ends
 * by itself once there is room. */
int engine_open(const struct engine_options *o, struct engine **e,
    struct err *err);
void engine_close(struct engine *e);

/* Other limits from now on. Any thread. */
void engine_limits(struct engine *e, uint64_t quota, uint64_t max_message);
void engine_expands(struct engine *e, bool people);
void engine_queue(struct engine *e, const struct queue_settings *q);
void engine_ages(struct engine *e, const struct age_settings *a);
void engine_account_limits(struct engine *e, const struct limit_settings *l);
/* From now on this is told of what is banned (rt/bans.h), and what is at once;
 * before the first commit. It must outlive the engine. */
struct bans;
void engine_bans(struct engine *e, struct bans *b);
struct queue_settings engine_queue_settings(const struct engine *e);
/* Nothing can be taken in now, and why: E_FULL, E_IO, or 0. Any thread. */
int engine_refuses(const struct engine *e);
int64_t engine_now_us(const struct engine *e);	/* since 1970 UTC */
int64_t engine_mono_us(const struct engine *e);
/* What came then, or before, has waited for age_s: without the gaps that the
 * clock made (waiting_time.h), which the loop sees. Seconds. */
int64_t engine_since(struct engine *e, int64_t age_s);
void engine_clock_jumped(struct engine *e, int64_t from, int64_t to);
/* The longest that anything may have to wait for its next attempt. */
static inline int64_t
queue_longest_s(const struct queue_settings *q)
{
	return q->retry_max_s + (int64_t)q->retry_max_s / 4 + 1;
}

/* Who asks: made and freed by the thread that talks to them; what hangs from
 * it is the writer's. */
struct stages;
struct caller {
	uint32_t authority;	/* AUTH_* */
	uint32_t worker;	/* AUTH_MX: which of several; LOCAL: uid;
				 * ACCOUNT: SERVICE_*, as vault says */
	uint64_t connection;	/* no other one ever; 0: none is */
	uint64_t account;	/* of AUTH_BOUND; and within a call, whose
				 * mailbox it is about */
	struct stages *stages;
	/* Within a call that reaches somebody else's mailbox; else NULL. */
	const struct reached_by *by;
};
struct reached_by {		/* see reach.h */
	uint64_t self;		/* the account that it is bound to */
	uint64_t to;		/* whose the mailbox is where things go */
	uint32_t rights, to_rights;
	struct str name;	/* of the mailbox, as it was asked for */
};
/* Who reads, if that is not whose mailbox it is; 0. */
static inline uint64_t
caller_reader(const struct caller *c)
{
	return c->by && c->by->self != c->account ? c->by->self : 0;
}
static inline uint32_t
caller_rights(const struct caller *c)
{
	return caller_reader(c) ? c->by->rights : RIGHTS_all;
}
/* The same of the mailbox where things go. */
static inline uint64_t
caller_to(const struct caller *c)
{
	return c->by ? c->by->to : c->account;
}
static inline uint64_t
caller_to_reader(const struct caller *c)
{
	return c->by && c->by->self != c->by->to ? c->by->self : 0;
}
static inline uint32_t
caller_to_rights(const struct caller *c)
{
	return caller_to_reader(c) ? c->by->to_rights : RIGHTS_all;
}
/* A mailbox of these two, as the asker knows it. */
static inline uint64_t
caller_number(const struct caller *c, uint64_t mailbox)
{
	return caller_reader(c) ? others_number(c->account, mailbox) : mailbox;
}
static inline uint64_t
caller_to_number(const struct caller *c, uint64_t mailbox)
{
	return caller_to_reader(c) ? others_number(c->by->to, mailbox) :
	    mailbox;
}


/* A recipient that rcpt found; its strs are the asker's. */
struct recipient {
	FIELDS_addressee(MSG_MEMBER, )
	uint64_t account;	/* 0: a remote one, or `ours` */
	bool ours;		/* no account has it: submit resolves it */
	bool reports;		/* its account only gets what is no report */
	struct str via;		/* submit's own: the alias it came by */
	bool shared;		/* which leads to others as well */
};

/* ---- the writer -------------------------------------------------------- */

/* What a lease was for: of report, one for each result (message 0: no lease
 * of the asker's); of bounce, one for each recipient to be reported, with the
 * outcome that was told; of note_send, its note as `message`. */
struct lease;
struct leased {
	struct lease *lease;	/* the asker's own */
	uint64_t message;
	uint32_t n, outcome;
	bool down;
};

struct write {
	struct caller *caller;
	enum store_call call;
	const void *ask;
	const struct recipient *rcpts;	/* of submit */
	size_t nrcpts;
	const struct leased *leased;	/* of report and bounce */
	size_t nleased;
	/* Filled in. strs are good until the next engine_commit(). */
	int code;
	struct err err;
	union store_answer answer;
	/* Between the engine and the call's function. */
	bool settled;
	bool repeated;		/* of slices: it was done before, and this */
	struct str kept;	/* is what it wanted to be kept of its answer */
};

/* Do the first *ndone of n (at least one; as many as 20 ms allow) in one
 * commit. 0: each of them has its code, and what says 0 is on the disk. Else
 * nothing was promised, and the process must end. */
int engine_commit(struct engine *e, struct write **w, size_t n,
    size_t *ndone, struct err *err);

/* Mailboxes the last commit, or slice of cleaning up, changed: for
 * notifications. */
struct mailbox_changed {
	uint64_t account, mailbox, modseq;
	uint32_t what;		/* CHANGED_* */
	uint64_t by;		/* one connection did all of it; 0 */
};
const struct mailbox_changed *engine_changed(const struct engine *e,
    size_t *n);
/* And names: records for name_changed_take(). */
struct name_changed {
	uint64_t account, by;
	uint32_t what;
	struct str name, was;	/* borrowed */
};
struct str engine_named(const struct engine *e);
bool name_changed_take(struct rd *r, struct name_changed *n);
/* Accounts it removed or gave another password: their connections end. */
const uint64_t *engine_revoked(const struct engine *e, size_t *n);

/* Mailboxes of which somebody has fewer rights since: their readers who are not
 * the owners have to be looked at anew. */
const struct mailbox_changed *engine_withdrawn(const struct engine *e,
    size_t *n);

/* What the last commit did to the queue: records for queue_news_take(). */
struct str engine_queue_news(const struct engine *e);
enum queue_news_kind {
	QUEUE_NEWS_waits,	/* something is due then, tried before */
	QUEUE_NEWS_reports,	/* an outcome is to be reported */
	QUEUE_NEWS_fresh,	/* something is due then, never tried */
	QUEUE_NEWS_unblock,	/* try this destination now */
	QUEUE_NEWS_note,	/* somebody is to be told something */
	QUEUE_NEWS_by,		/* a message is to be there by then, or is given
				 * up */
};
struct queue_news {
	enum queue_news_kind kind;
	uint64_t message;
	int64_t due;
	struct str domain;
};
bool queue_news_take(struct rd *r, struct queue_news *n);

/* A caller went: drop what it staged. */
void engine_forget(struct engine *e, struct caller *c);

/* A slice of cleaning up, and a look at how full the disk is; *more if there
 * is something left to do now. E_STALE: what kept this process from writing is
 * over, or another one has the data. */
int engine_gc(struct engine *e, bool *more, struct err *err);
/* Write journal rows that wait. Losing them is no failure. */
void engine_flush_journal(struct engine *e);

/* ---- readers ----------------------------------------------------------- */

struct reader;

int reader_open(struct engine *e, struct reader **r, struct err *err);
void reader_close(struct reader *r);

/* Answer one ask; strs are good until the next of this reader. E_INVALID for
 * a call that is none of the readers'. */
int reader_ask(struct reader *r, const struct caller *c, enum store_call call,
    const void *ask, union store_answer *answer, struct err *err);

/* What rcpt wants to know, and the recipient it stands for (*who on
 * RCPT_LOCAL and RCPT_REMOTE; its address is the ask's). */
int reader_rcpt(struct reader *r, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *answer,
    struct recipient *who, struct err *err);
/* The same if it needs no look at SQL; false: it does. Any thread. */
bool rcpt_is_known(struct engine *e, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *answer,
    struct recipient *who);
/* ---- the queue, for the loop that hands it out ------------------------- */

/* Is this recipient under way just now? Asked by the functions below and, for
 * queue_list, by reader threads. */
struct under_way {
	bool (*is)(void *arg, uint64_t message, uint32_t n);
	void *arg;
	/* Until when the destination rests: microseconds since 1970; 0. */
	int64_t (*blocked)(void *plan, struct str domain);
	void *plan;
};
void reader_under_way(struct reader *r, const struct under_way *u);

/* What is due, by destination; and messages to report on. */
int reader_queue_start(struct reader *r,
    void (*due)(void *arg, const struct queue_news *n), void *arg,
    struct err *err);
/* And of one message: of each recipient that waits. */
int reader_queue_again(struct reader *r, uint64_t message,
    void (*due)(void *arg, const struct queue_news *n), void *arg,
    struct err *err);
/* Messages above `after` with something to report; message has room for
 * `most`. */
int reader_queue_reports(struct reader *r, uint64_t after, uint64_t *message,
    size_t most, size_t *n, struct err *err);

/* Where a walk along what is due stands: all before it was seen. */
struct queue_place {
	int64_t due;
	uint64_t message;
	uint32_t rcpt;
};
enum { ITEM_RCPTS = 100 };
/* Makes the lease of an item: its recipients, and what is told of them. */
struct queue_leasing {
	uint64_t (*lease)(void *arg, uint64_t message, const uint32_t *n,
	    const uint32_t *outcome, size_t count);
	void *arg;
};
/* Up to `most` items of a destination from *at on into out, until it has about
 * 60 KB. *at moves on; *next_due is when what follows is due (INT64_MAX:
 * nothing follows), in seconds. The number of items, or E_*. */
int reader_queue_batch(struct reader *r, struct str domain, bool fresh,
    struct queue_place *at, size_t most, struct buf *out, int64_t *next_due,
    const struct queue_leasing *l, struct err *err);
/* What there is to report of a message, as one item. 0: nothing. *more: it
 * is not all of it. */
int reader_queue_report(struct reader *r, uint64_t message, struct buf *out,
    bool *more, const struct queue_leasing *l, struct err *err);

/* The first note behind *after that nobody has, as a struct note_item; *after
 * is its number. 1, or 0: there is none. Its lease is of a message of that
 * number, which no message has. */
int reader_note(struct reader *r, uint64_t *after, struct buf *out,
    const struct queue_leasing *l, struct err *err);

/* Recipients behind (*message, *n) whose message came at or before `before`
 * and who wait, not yet told of the delay or not yet given up, in nobody's
 * hands. *came is when the first one came that is too young (INT64_MAX: there
 * is none). 1 if it stopped for having looked at enough. */
enum queue_walk { WALK_expired, WALK_delayed };
struct queue_waiting {
	uint64_t message;
	uint32_t n, code;	/* of the last reply, as what follows */
	struct str status, text, host;
};
int reader_queue_walk(struct reader *r, enum queue_walk what, int64_t before,
    uint64_t *message, uint32_t *n, int64_t *came,
    struct queue_waiting **found, size_t *nfound, struct err *err);
/* Of recipients behind *at, in the order of the time that BY asks for (RFC
 * 2852), those for whom it has passed: messages that are late, recipients that
 * are over. *at moves on; *next is when there is more to see (INT64_MAX:
 * never). */
struct queue_by_found {
	uint64_t *late;
	struct queue_waiting *over;
	size_t nlate, nover;
};
int reader_queue_by(struct reader *r, int64_t now, struct queue_place *at,
    int64_t *next, struct queue_by_found *found, struct err *err);
/* The same of recipients that the operator wants to be given up at some
 * time. */
int reader_queue_give_up(struct reader *r, int64_t now, struct queue_place *at,
    int64_t *next, struct queue_waiting **found, size_t *nfound,
    struct err *err);
/* Of a message that waits: which recipients it has there, the first `most`. */
int reader_queue_rcpts(struct reader *r, uint64_t message, uint32_t *n,
    size_t most, size_t *count, struct err *err);
/* Of the next ask, if it is queue_content: the message its lease is for; 0:
 * none of the asker's. If it is weigh: how long its domain has to wait. */
void reader_told(struct reader *r, uint64_t message, uint32_t wait_s);

/* Is there such an account? E_NOTFOUND. */
int reader_account(struct reader *r, uint64_t account, struct err *err);

/* May it be told when this mailbox of somebody else's changes? */
int reader_watches(struct reader *r, const struct caller *c, uint64_t mailbox,
    struct err *err);

/* mailbox/words.c: of the index of words, what is of nobody any more goes.
 * stop() is asked now and then. */
void reader_sweep_words(struct reader *r, bool (*stop)(void *arg), void *arg);
/* mailbox/shelved.c: the same of copies of facts. */
void reader_sweep_shelves(struct reader *r, bool (*stop)(void *arg), void *arg);

/* An event of a role's own for the journal. Any thread. */
void engine_journal(struct engine *e, const struct journal_ask *ask);
