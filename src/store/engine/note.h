/*
 * note.h - what people are to be told, and what is remembered for that
 * (store/messages_note.h). All of it is the writer's, in its transaction.
 */
#pragma once
#include "store/engine/engine_int.h"

struct domain_use;

/* What somebody may make happen as often as they like. */
enum { NOTES_A_DAY = 10 };

struct note {
	uint64_t account;
	enum note_kind kind;
	/* Of this kind, and not more: what is above that is not told. */
	uint32_t most_a_day;
	struct str to;		/* who is told; empty: the account */
	struct note_facts facts;
};

/* A row, which relay hears of after the commit: 1. Enough were told of today:
 * 0. */
int note_put(struct engine *e, const struct note *n, struct err *err);
/* Its account has other counters or another quota: is that to be told? Once a
 * commit, from state_write(). */
int note_quota(struct engine *e, struct acct *a, struct err *err);
/* It has other mailboxes, or may have another number of them. */
int note_mailboxes(struct engine *e, const struct acct *a, struct err *err);
/* As note_quota(), to the postmaster of the domain; d->told is for its row. */
int note_domain(struct engine *e, struct domain_use *d, struct err *err);
/* A row of vacation_get (s), but for its version. */
#define VACATION_OF(q, s)                                             \
	.enabled = (uint8_t)sql_u32(q, s, enabled),                   \
	.begins = sql_i64(q, s, begins), .ends = sql_i64(q, s, ends), \
	.has = sql_u32(q, s, has), .subject = sql_str(q, s, subject), \
	.text = sql_str(q, s, text), .html = sql_str(q, s, html),

/* Nobody is to be told, and nothing is remembered. */
int note_forget(struct engine *e, uint64_t account, struct err *err);

/* What is remembered of an account, by kind and a word of it, which is empty
 * for the limit of note_put(). */
struct noted {
	int64_t since, at;	/* the first time, and the last: seconds */
	uint64_t n;
};
/* 1, or 0 if there is none. */
int noted_get(struct engine *e, uint64_t account, enum note_kind kind,
    struct str word, struct noted *out, struct err *err);
int noted_put(struct engine *e, uint64_t account, enum note_kind kind,
    struct str word, const struct noted *n, struct err *err);
