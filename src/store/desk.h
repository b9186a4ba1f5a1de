/*
 * desk.h - an engine with everything around it, for tests and benchmarks:
 * short calls that do one thing each.
 */
#pragma once
#include "store/engine.h"

struct desk {
	struct engine_options o;
	struct engine *e;
	struct reader *r;
	struct caller operator_, mx, vault, relay;
	int64_t now_us;
	uint64_t change, seed;
	struct err err;
	bool dead;	/* a commit was the end of the process */
};

/* Options may be changed between the two. */
void desk_init(struct desk *d, struct files *files);
int desk_open(struct desk *d);
void desk_close(struct desk *d);

/* One write, alone in its commit. */
int desk_write(struct desk *d, struct write *w);
/* All of one commit. */
int desk_commit(struct desk *d, struct write *w, size_t n);

int desk_domain(struct desk *d, const char *name);
int desk_account(struct desk *d, const char *address, uint64_t *account);
struct caller desk_person(uint64_t account);

/* A message whose octets are `text`, from nobody, to these (NULL ends). The
 * change id is `change`, or a new one for 0. */
int desk_submit(struct desk *d, uint64_t change, const char *text,
    const char *const *to, uint64_t *message);
int desk_submit_as(struct desk *d, struct caller *who, const char *from,
    const char *text, const char *const *to, uint64_t *message);
/* What relay says became of recipients of a queued message; message 0: of a
 * lease that is none. */
struct desk_outcome {
	uint32_t n, outcome;
};
int desk_report(struct desk *d, uint64_t message,
    const struct desk_outcome *o, size_t n);
/* A report on them. */
int desk_bounce(struct desk *d, uint64_t message,
    const struct desk_outcome *o, size_t n);
/* What the operator does to recipients that are (or are in) rcpt. */
int desk_queue_change(struct desk *d, uint32_t action, const char *rcpt);
/* The first queued message to this recipient: 0 if none. */
uint64_t desk_queued(struct desk *d, const char *rcpt);
int desk_append(struct desk *d, struct caller *who, const char *mailbox,
    const char *text, uint32_t flags, const char *keywords,
    struct append_answer *out);
int desk_open_mailbox(struct desk *d, const struct caller *who,
    const char *name, struct open_answer *out);
/* UIDs low to high. */
int desk_flags(struct desk *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high,
    uint32_t mode, uint32_t flags, const char *keywords);
int desk_expunge(struct desk *d, struct caller *who,
    const struct open_answer *view, uint32_t *expunged);
/* All rows of a view, at most max; their number or E_*. Strs are good until
 * the next ask. */
int desk_rows(struct desk *d, const struct caller *who,
    const struct open_answer *view, struct fetch_row *rows, size_t max);
/* The stored octets of a message into out (cap octets): their number. */
int desk_content(struct desk *d, const struct caller *who, uint64_t mailbox,
    uint32_t uid, char *out, size_t cap, struct str *prefix);
/* How many problems verify finds; printed to stderr. Negative E_*. */
int desk_verify(struct desk *d);
