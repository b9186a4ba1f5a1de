/*
 * engine.h - the store beneath its messages: one writer, many readers.
 *
 * The engine takes decoded asks and fills in answers; it knows no sockets and
 * makes no threads. The writer's functions are for one thread at a time, a
 * reader belongs to one thread.
 */
#pragma once
#include "base/log.h"
#include "store/file.h"
#include "store/messages.h"

struct engine;

struct engine_options {
	struct files *files;
	uint64_t pack_octets;	/* 0: 64 MB */
	uint64_t wal_octets;	/* restart the WAL there; 0: 64 MB */
	uint64_t quota;		/* of an account; 0: none */
	uint64_t max_message;	/* octets; 0: 64 MB */
	size_t column_octets;	/* cached columns; 0: 256 MB */
	int64_t (*wall_us)(void *arg);	/* since 1970 UTC */
	int64_t (*mono_us)(void *arg);
	void (*random)(void *arg, void *p, size_t n);
	void *arg;
	struct log *log;	/* NULL: none */
};

/* Opens and recovers what is in the folder, or makes it. */
int engine_open(const struct engine_options *o, struct engine **e,
    struct err *err);
void engine_close(struct engine *e);

/* Other limits from now on. Any thread. */
void engine_limits(struct engine *e, uint64_t quota, uint64_t max_message);

/* Who asks: made and freed by the thread that talks to them; what hangs from
 * it is the writer's. */
struct stages;
struct caller {
	uint32_t authority;	/* AUTH_* */
	uint64_t account;	/* of AUTH_ACCOUNT */
	uint32_t worker;	/* of AUTH_MX: which of several */
	struct stages *stages;
};

/* A recipient that rcpt found; its strs are the asker's. */
struct recipient {
	struct str address;
	uint64_t account;	/* 0: a remote one, or `ours` */
	bool ours;		/* no account has it: submit resolves it */
	uint32_t notify;
	struct str orcpt;
	struct str via;		/* submit's own: the alias it came by */
};

/* ---- the writer -------------------------------------------------------- */

union write_answer {
	struct done done;
	struct stage_answer stage;
	struct submit_answer submit;
	struct append_answer append;
	struct flags_answer flags;
	struct expunge_answer expunge;
	struct account_add_answer account_add;
};

struct write {
	struct caller *caller;
	enum store_call call;
	const void *ask;
	const struct recipient *rcpts;	/* of submit */
	size_t nrcpts;
	/* Filled in. strs are good until the next engine_commit(). */
	int code;
	struct err err;
	union write_answer answer;
	bool settled; /* the engine's own */
};

/* Do the first *ndone of n (at least one; as many as 20 ms allow) in one
 * commit. 0: each of them has its code, and what says 0 is on the disk. Else
 * nothing was promised, and the process must end. */
int engine_commit(struct engine *e, struct write **w, size_t n,
    size_t *ndone, struct err *err);

/* Mailboxes the last commit changed, for notifications. */
struct mailbox_changed {
	uint64_t account, mailbox, modseq;
};
const struct mailbox_changed *engine_changed(const struct engine *e,
    size_t *n);
/* Accounts it removed or gave another password: their connections end. */
const uint64_t *engine_revoked(const struct engine *e, size_t *n);

/* A caller went: drop what it staged. */
void engine_forget(struct engine *e, struct caller *c);

/* A slice of cleaning up; *more if there is something left to do now. */
int engine_clean(struct engine *e, bool *more, struct err *err);
/* Write journal rows that wait. Losing them is no failure. */
void engine_flush_journal(struct engine *e);

/* ---- readers ----------------------------------------------------------- */

struct reader;

int reader_open(struct engine *e, struct reader **r, struct err *err);
void reader_close(struct reader *r);

union read_answer {
	struct hello_answer hello;
	struct mailboxes_answer mailboxes;
	struct open_answer open;
	struct status_answer status;
	struct fetch_answer fetch;
	struct content_answer content;
	struct sync_answer sync;
	struct credential_answer credential;
	struct secret_get_answer secret_get;
	struct domains_answer domains;
	struct accounts_answer accounts;
	struct aliases_answer aliases;
	struct verify_answer verify;
	struct journal_read_answer journal_read;
	struct done done;
};
/* Answer one ask; strs are good until the next of this reader. E_INVALID for
 * a call that is none of the readers'. */
int reader_ask(struct reader *r, const struct caller *c, enum store_call call,
    const void *ask, union read_answer *answer, struct err *err);

/* What rcpt wants to know, and the recipient it stands for (*who on
 * RCPT_LOCAL and RCPT_REMOTE; its address is the ask's). */
int reader_rcpt(struct reader *r, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *answer,
    struct recipient *who, struct err *err);
/* Is there such an account? E_NOTFOUND. */
int reader_account(struct reader *r, uint64_t account, struct err *err);

/* An event of a role's own for the journal. Any thread. */
void engine_journal(struct engine *e, const struct journal_ask *ask);
