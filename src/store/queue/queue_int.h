/*
 * queue_int.h - what the files of the queue share.
 */
#pragma once
#include "store/directory/recipients.h"
#include "store/engine/send_limits.h"
#include "store/policy/policy.h"

/* Words of queue_rcpt.state: see schema.c. */
enum row_state { ROW_waits, ROW_held, ROW_reports, ROW_fresh, ROW_later };

/* A column of the present row of s, a statement whose rows are QUEUE_ITEM. */
#define queue_u64(q, s, c) sql_column_u64((q), (s), SQL_COLUMN(queue_rows, c))
#define queue_i64(q, s, c) ((int64_t)queue_u64(q, s, c))
#define queue_u32(q, s, c) ((uint32_t)queue_u64(q, s, c))
#define queue_str(q, s, c) sql_column_str((q), (s), SQL_COLUMN(queue_rows, c))

/* What queue_put() binds and a row is read by, for the fields that are carried
 * on: FIELDS_envelope(QUEUE_BIND, from) ... (QUEUE_READ, ). */
#define QUEUE_BIND_u8 vi
#define QUEUE_BIND_u32 vi
#define QUEUE_BIND_i64(v) vi((uint64_t)(v))
#define QUEUE_BIND_str vs
#define QUEUE_BIND(from, kind, name, max) QUEUE_BIND_##kind((from)->name),
#define QUEUE_READ_u8(c) (uint8_t)queue_u32(q, s, c)
#define QUEUE_READ_u32(c) queue_u32(q, s, c)
#define QUEUE_READ_i64(c) queue_i64(q, s, c)
#define QUEUE_READ_str(c) queue_str(q, s, c)
#define QUEUE_READ(S, kind, name, max) .name = QUEUE_READ_##kind(name),

/* May the sender be told? bit is one of NOTIFY_*. Nobody is told of a message
 * that has nobody to answer to, but the postmaster of a report that failed,
 * if the settings say so (double).                      RFC 3461 4.1, 6.1 */
bool queue_may_tell(struct str reverse_path, uint32_t notify, uint32_t bit,
    bool double_bounces);

/* Of queue_rcpt.noticed: the sender was told that it takes long, or that the
 * time of BY has passed. */
enum { NOTICED_delay = 1, NOTICED_by = 2 };

/* Its time has passed, and it is not to be delivered any more, or its sender is
 * to hear of it.                                         RFC 2852 4.1.3 */
static inline bool
queue_by_is(uint32_t by_mode, uint32_t mode, int64_t deliver_by, int64_t now)
{
	return by_mode & mode && deliver_by <= now;
}

/* Since when it has to get there: the time that it was held does not count
 * (hold.c). */
static inline int64_t
queue_begins(int64_t at, int64_t released, int64_t stood)
{
	return (released ? released : at) + stood;
}

/* ---- the writer -------------------------------------------------------- */

/* One submit on its way through the checks. */
struct submitting {
	struct engine *e;
	struct write *w;
	const struct submit_ask *ask;
	const struct recipient *named;
	size_t nnamed;
	struct recipients to;
	struct place at;
	int64_t due;		/* it leaves then; 0: now */
	/* limits.c: whose sending it is, 0: nobody's; what counts of it; and
	 * since when the account has known each of to.rcpt (policy_wrote_to),
	 * NULL: nobody looked. */
	uint64_t account;
	struct send_limits_use use;
	int64_t *known;
	const struct fate *fates;	/* of each of to.rcpt; NULL: as the
					 * ask says */
};

/* fate.c: where a recipient here gets it. */
enum fate_place { FATE_inbox, FATE_junk, FATE_held,
	FATE_read };	/* as a report: it is in no mailbox */
struct fate {
	enum fate_place place;
	struct str why;		/* not INBOX; for the journal */
};
/* s->fates. Before anything is written. */
int submit_fates(struct submitting *s);
/* How the rules of its recipients are searched for it. */
struct rule_search submit_rules(struct submitting *s);
/* Is it read as a report, and nothing else? */
bool submit_only_reads(const struct submitting *s, const struct recipient *r);
/* Of the n-th of to.rcpt. */
struct fate submit_fate(const struct submitting *s, size_t n);

int submit_check_sender(struct submitting *s);
/* limits.c: may its account send this, too? E_RATE, E_LIMIT. */
int submit_limits(struct submitting *s);
/* It does: counted, as the last of what is written. */
int submit_count(struct submitting *s);
/* each.c: can this one, of to.rcpt or as named, get it at all? E_FULL, E_BUSY,
 * E_LIMIT: not now. */
int submit_check_recipient(struct submitting *s, const struct recipient *r);
/* Of those that are named, who is to get it: s->named. All, unless the ask has
 * each answered for; then the answer says who is left out. */
int submit_choose(struct submitting *s);
/* Each recipient gets it, or has a row of the queue. */
int submit_put_rows(struct submitting *s);
void submit_journal(struct submitting *s, enum journal_event event,
    struct str address, struct str text);

/* vacation.c: it has just been put into this recipient's mailbox, not as junk:
 * is its sender told that they are away? */
int vacation_answer(struct submitting *s, const struct recipient *r);

/* later.c: s->due, if it leaves later and may. */
int later_due(struct submitting *s);
/* It is in the queue, and nobody has it yet. */
int later_put(struct submitting *s);
/* What waited, if it did, waits no more; that it did, and what became of it, is
 * remembered for its sender. */
int later_end(struct engine *e, uint64_t message, enum later_state became,
    struct err *err);
/* It leaves now: those that are still named. why: for the journal. */
int later_release(struct engine *e, uint64_t message, struct str why,
    struct err *err);

/* Rows of a message that has just been put into blob `message`. account: whose
 * sending it is; 0. */
int queue_put(struct engine *e, const struct write *w, uint64_t account,
    const struct submit_ask *ask, struct str return_path, uint64_t message,
    struct err *err);
int queue_put_rcpt(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, const struct submit_ask *ask, struct err *err);
/* As it was named, till it is due. */
int queue_put_later(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, int64_t due, struct err *err);
/* It cannot get there, and the sender is to hear of it. */
int queue_put_failed(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, struct str status, struct str text,
    struct err *err);
/* Nothing is left to do for this recipient but to tell the sender, who asked
 * for it: OUTCOME_local or OUTCOME_expanded. others: the message has some that
 * are on their way, and one report may tell of all. */
int queue_put_outcome(struct engine *e, uint64_t message, uint64_t n,
    const struct recipient *r, enum queue_outcome outcome, bool others,
    struct err *err);
/* Does this sender want to hear of success, and may we tell? */
bool queue_wants_success(const struct caller *c, const struct submit_ask *ask,
    const struct recipient *r);

/* When what was never tried is due. */
int64_t queue_due(int64_t now, int64_t priority);

/* A recipient of a queued message; strs live in the engine's arena. */
struct queued {
	uint64_t message;
	uint32_t n, state, attempts, notify, noticed, by_mode;
	uint8_t require_tls;
	bool by_hand, smtputf8;
	/* at: since when it has to get there. */
	int64_t at, priority, deliver_by, held_at, stood, give_up;
	struct str address, domain, reverse_path, orcpt;
	/* What was said of it last. */
	uint32_t code;
	struct str status, text, host;
};
/* 1, or 0 if it is not there any more. */
int queued_get(struct engine *e, uint64_t message, uint32_t n,
    struct queued *q, struct err *err);
int queued_drop(struct engine *e, const struct queued *q, struct err *err);
/* What became of it: kept in its row. */
int queued_keep(struct engine *e, const struct queued *q,
    const struct queue_result *res, enum row_state state, int64_t next_due,
    struct err *err);
/* It is given up: its sender is told, if that may be. why: our words, if there
 * are other ones than that it took too long. */
int queued_expire(struct engine *e, struct queued *q,
    const struct queue_result *res, struct str why, struct err *err);
/* The message goes with its last recipient. */
int queued_finish(struct engine *e, uint64_t message, struct err *err);
void queued_journal(struct engine *e, enum journal_event event,
    const struct queued *q, uint32_t code, struct str text);
void queued_news(struct engine *e, enum queue_news_kind kind,
    const struct queued *q, int64_t due);
enum queue_news_kind news_of_state(enum row_state state);

/* Put a report (of bounce) where it goes, to n addresses: `ask` is a submit of
 * ours, with an empty reverse-path. Nothing is written when it fails;
 * E_NOTFOUND: nobody has any of them. */
int submit_report(struct engine *e, struct write *w,
    const struct submit_ask *ask, const struct str *to, size_t n,
    uint64_t *message);

/* ---- for the operator -------------------------------------------------- */

/* A row, its strs those of the statement's present row, if it fits. */
bool queue_fits(const struct queue_list_ask *filter, struct str sender,
    struct str rcpt, struct str domain, int64_t at, uint32_t state);
bool queue_cursor(struct str cursor, uint64_t message, uint64_t *m,
    uint32_t *n);
struct str queue_cursor_of(struct arena *a, uint64_t message, uint32_t n);
