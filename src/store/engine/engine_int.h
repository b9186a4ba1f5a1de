/*
 * engine_int.h - what the files of the engine share.
 */
#pragma once
#include "base/list.h"
#include "store/address/address.h"
#include "store/chunk.h"
#include "store/engine/backup.h"
#include "store/engine/column.h"
#include "store/engine/data_state.h"
#include "store/engine/engine.h"
#include "store/engine/reach.h"
#include "store/disk/journal.h"
#include "store/fulltext/fulltext.h"
#include "store/shelf/shelf.h"
#include "store/address/address_cache.h"
#include "store/disk/pack.h"
#include "store/engine/waiting_time.h"
#include "store/mailbox_name.h"
#include "store/sql/sql.h"
#include "store/address/srs.h"

enum {
	PREFIX_MAX = 2048,
	LARGE_FROM = 1 << 20,	/* a larger blob has a file of its own */
	SLICE_US = 20000,	/* how long the writer is held */
	KEYWORDS_MAX = 1000,	/* octets of all keywords of an email */
	GARBAGE_S = 300,	/* expunged octets stay at least so long */
	CHANGE_S = 3600,	/* ids of changes are remembered */
	ANSWER_ARENA = 64 << 20,
	GARBAGE_QUEUED = 0,	/* no account: a blob the queue named */
};

/* Counters of an account and a mailbox as the present batch leaves them; read
 * once, kept, written back once a batch. Only the writer has them. */
struct acct {
	uint64_t account;
	struct str address;
	uint64_t generation, uidvalidity, next_mailbox, next_email, modseq;
	uint64_t messages, used;
	uint64_t quota;		/* its own; 0: what the option says */
	uint64_t most_messages, most_mailboxes;	/* 0: any */
	struct domain_use *domain;	/* see quota.h */
	/* How full it is, of 100, by octets and messages: note_quota(). */
	uint32_t told[2];
	bool told_known[2];
	bool shared;		/* somebody else has or had rights to a mailbox,
				 * and may have seen messages in it */
	bool away_known, away;	/* see queue/vacation.c */
	int64_t away_from, away_until;
	struct mbox *inbox;
	struct list_link dirty;	/* of those that are to be written */
};
struct mbox {
	uint64_t account, mailbox;
	uint64_t uidvalidity, uidnext, messages, unseen, deleted, size, modseq;
	uint64_t recent, recent_from;
	struct list_link dirty;
};

/* A flag change or expunge of this batch, which the column will only see
 * after the commit. */
struct fresh {
	struct column_row row;
	struct str keywords;
};

/* See room.c. */
struct room {
	bool whole;		/* the reserve is there */
	bool full, low;		/* as was said */
	int64_t full_since_s, looked_s;
	int refuses;		/* atomic: an E_* */
};

/* See compact.c. */
struct compaction {
	uint64_t pack, at, written;	/* the one at work, how far; 0: none */
	uint64_t moved;
	int64_t octets;		/* that may be moved now; less than 0: a debt */
	int64_t looked_s;	/* by CLOCK_MONOTONIC, as what follows */
	struct map seen;	/* (what, pack) -> when that was seen first */
	uint64_t filled;	/* octets of the present pack, */
	int64_t filled_s;	/* and since when it has so many */
};

/* See shrink.c. */
struct shrinking {
	bool is_off, at_work, to_cut;
	int64_t looked_s, since_s, began_us;	/* by CLOCK_MONOTONIC */
	uint64_t before;	/* pages of the database when it began */
};

/* See repair.c. */
struct repair_round {
	bool begun;
	uint32_t left;		/* that could be given to nobody, so far */
	bool left_here;		/* and in the file at hand */
	struct map found;	/* of a dry one: what it would make readable */
};

struct engine {
	struct engine_options o;
	struct vfs *vfs;
	struct packs *packs;
	struct columns *columns;
	struct journal *journal;
	struct fulltext *fulltext;
	struct shelves *shelves;
	struct sql w;		/* the writer's transaction */
	struct sql look;	/* the writer's look at what is committed */
	char owner[16];
	struct buf names;	/* what o's strs are slices of */
	uint64_t fence;
	struct srs_key srs_key;
	/* Counters of all accounts. They never go back, also when a batch
	 * does: a number may be lost, none is given twice. */
	uint64_t next_blob, next_account, uidvalidity;
	/* From this blob on, one that no row names was taken in under another
	 * state of the database; 0: there are none. See find_unnamed(). */
	uint64_t salvage_from;

	struct map accts, mboxes;
	struct list dirty_accts, dirty_mboxes, dirty_domains, dirty_limits;

	/* Of any thread: what RCPT is answered from without a look at SQL. */
	struct address_cache *addresses;
	struct waiting_time waiting;
	struct filter *filter;
	uint64_t gaps_written, gaps_kept;	/* which version of them */
	/* See quota.c: what is known of accounts, and (hash, n) -> struct
	 * domain_use. */
	pthread_mutex_t quota_lock;
	struct map rooms, domains;
	/* See send_limits.c: account -> struct send_limits. */
	struct map limits;

	/* Of the present batch. */
	struct arena *arena;
	struct map fresh;	/* (account, mailbox, uid) -> struct fresh */
	struct VEC(struct column_op) ops;
	struct buf rows;	/* journal rows, to be kept after commit */
	struct VEC(struct stage *) used_stages;
	struct VEC(struct mailbox_changed) changed;
	struct VEC(uint64_t) revoked;
	struct VEC(struct mailbox_changed) withdrawn;	/* no modseq */
	size_t told_changed, told_revoked, told_withdrawn;
	struct buf news;	/* of the queue */
	struct buf named;	/* names that changed: see told.c */
	size_t told_news, told_named;
	uint64_t by;		/* whose call it is; 0: nobody's */
	bool note_news;		/* and of notes */
	uint64_t directory;	/* atomic */
	bool names_changed;	/* in this batch */
	bool bans_changed;	/* the same */
	struct bans *bans;	/* NULL: nobody is told of them */
	bool half_written;	/* by a change that failed: undo all of it, and
				 * run the others again */
	int64_t now_s;
	bool in_transaction;
	bool running;		/* as postern.state says */
	bool claimed;		/* and it says that we are the last */
	struct file *state;	/* held for that: see data_state_is_last() */
	struct data_state before;	/* what it said at the start */
	bool shares;		/* atomic: anything is, or ever was, shared */
	struct room room;
	struct err refusal;	/* of every change; code 0: none */
	bool changes_damaged, changes_forgotten;

	uint64_t staged_octets;	/* in memory, of all callers */
	uint64_t next_stage;
	/* Of any thread: which damage was told. */
	pthread_mutex_t damage_lock;
	struct map damage_told;

	struct backup backup;

	uint64_t clean_walk;	/* where the next look at old changes begins */
	int64_t cleaned_s, walked_s, gc_after_s;
	bool clean_front;	/* their lowest ids have more old ones */
	struct compaction compaction;
	struct shrinking shrinking;
	struct repair_round repair;
	int64_t copied_us;	/* the last slice of any copy: mono */
	struct {		/* upkeep/release.c: clocks at its last look, 0
				 * before the first; the last failure of it */
		int64_t wall_us, mono_us, failed_s;
		bool alone;	/* one at a time: one of them fails */
	} later;
	struct {		/* queue/hold.c: is there any, if that is
				 * known; when a command was last at work, and
				 * upkeep failed */
		bool known, any;
		int64_t asked_s, failed_s;
	} holding;
	/* See tombstones.c: whose were looked at last, when, and whether this
	 * round goes on. */
	uint64_t tombstones_of;
	int64_t tombstones_s;
	bool tombstones_more;
	struct {		/* upkeep/old_held.c: when all were told, and
				 * who was last; 0: nobody yet */
		int64_t told_s;
		uint64_t told_to;
	} held;
	struct {		/* upkeep/empty.c: which mailbox was looked
				 * at last, account 0 between two rounds */
		uint64_t account, mailbox;
		int64_t at_s;
	} emptying;
	struct {		/* upkeep/conversations.c: where its walk is,
				 * account 0 at its beginning */
		uint64_t account, key;
		int64_t at_s;
		bool stale;	/* there may be something to find */
	} conversations;
};

/* Limits change while threads look at them. What an account may have, octets
 * (0: any): own is the column of its row. */
static inline uint64_t
engine_quota(const struct engine *e, uint64_t own)
{
	return own == QUOTA_NONE ? 0 : own ? own :
	    __atomic_load_n(&e->o.quota, __ATOMIC_RELAXED);
}
/* How long an expunged email is kept, seconds. */
static inline uint32_t
engine_kept_s(const struct engine *e)
{
	return __atomic_load_n(&e->o.ages.deleted_s, __ATOMIC_RELAXED);
}
/* The version of the directory: it grows with every change of an address or
 * a domain, before anybody hears of it. Any thread. */
static inline uint64_t
engine_directory(const struct engine *e)
{
	return __atomic_load_n(&e->directory, __ATOMIC_ACQUIRE);
}
static inline uint64_t
engine_max_message(const struct engine *e)
{
	return __atomic_load_n(&e->o.max_message, __ATOMIC_RELAXED);
}

/* state.c */
int acct_get(struct engine *e, uint64_t account, struct acct **a,
    struct err *err);
void acct_touch(struct engine *e, struct acct *a);
/* The account's next modseq. */
uint64_t acct_modseq(struct engine *e, struct acct *a);
int mbox_get(struct engine *e, uint64_t account, uint64_t mailbox,
    struct mbox **m, struct err *err);
int mbox_find(struct engine *e, uint64_t account, struct str name,
    struct mbox **m, struct err *err);
/* The first one of this use; E_NOTFOUND: there is none. */
/* What somebody says of messages by taking them from one to the other. */
int mbox_lesson(struct engine *e, const struct mbox *from,
    const struct mbox *to, enum lesson *lesson, struct err *err);
int mbox_special(struct engine *e, uint64_t account, enum special use,
    struct mbox **m, struct err *err);
int acct_inbox(struct engine *e, struct acct *a, struct mbox **m,
    struct err *err);
void mbox_touch(struct engine *e, struct mbox *m);
/* Its row goes: its counters are neither written nor found again. */
void state_drop_mailbox(struct engine *e, struct mbox *m);
int state_write(struct engine *e, struct err *err);	/* all that is dirty */
void state_clean(struct engine *e);	/* after the commit */

/* gaps.c: waiting_time.h's, from one start to the next */
void gaps_begin(struct engine *e);
int gaps_write(struct engine *e, struct err *err);
void gaps_clean(struct engine *e);	/* after the commit */
void state_forget(struct engine *e);	/* instead of it */
void state_drop_account(struct engine *e, uint64_t account);

/* commit.c */
/* A lease that was lost (E_STALE) is the end, before an octet is written. */
int engine_is_last(struct engine *e, struct err *err);
/* Write the counters of all accounts, if we still own the data (E_STALE). */
int engine_check_lease(struct engine *e, struct err *err);
/* A batch of the writer's own: begin, changes in batch_transaction(), and the
 * commit with all that belongs to it. BATCH_UNDONE: the disk is full, or
 * nothing says that all of it may stand. Negative: the end of the process. */
enum { BATCH_UNDONE = 1 };
void batch_begin(struct engine *e);
int batch_finish(struct engine *e, struct err *err);
/* The transaction of the batch, begun when first needed. */
int batch_transaction(struct engine *e, struct err *err);
void batch_op(struct engine *e, const struct column_op *op);
/* A row of a column as this batch leaves it, and its keywords. */
const struct column_row *batch_row(struct engine *e, const struct column *c,
    const struct column_row *row, struct str *keywords);
void batch_changed(struct engine *e, uint64_t account, uint64_t mailbox,
    uint64_t modseq, uint32_t what);
/* was: empty unless it was renamed. */
void batch_named(struct engine *e, uint64_t account, uint32_t what,
    struct str name, struct str was);
void batch_revoke(struct engine *e, uint64_t account);
void batch_withdraw(struct engine *e, uint64_t account, uint64_t mailbox);
void batch_journal(struct engine *e, const struct journal_row *row);
void batch_news(struct engine *e, const struct queue_news *n);

/* room.c: the writer's. */
bool room_regain(struct engine *e);	/* is the reserve whole? */
bool room_give_up(struct engine *e);	/* was there anything of it? */
void room_was_full(struct engine *e, const struct err *why);
void room_look(struct engine *e);
void room_refuse(struct engine *e, const struct err *why);	/* changes */

/* engine.c: from here on it writes. E_FULL: not yet. */
int engine_begin_writing(struct engine *e, struct err *err);
/* The database is all there is to know from then on: only now the WAL may go,
 * or be made empty. */
int engine_take_in_wal(struct engine *e, uint64_t fence, struct err *err);

/* change_id.c */
struct change_id {
	uint64_t id, scope, part;
	uint32_t sum;	/* of the ask: another one under its id is E_INVALID */
};
/* Asked again? 1: what was kept of its answer is in *before. */
int change_id_begin(struct engine *e, const struct write *w, bool slices,
    struct change_id *c, struct str *before, struct err *err);
int change_id_keep(struct engine *e, const struct change_id *c,
    struct str answer, struct err *err);

/* stage.c */
struct stage;
/* The blob of a submit or append, put where it will be. */
struct blob_ask {
	struct caller *caller;
	uint64_t stage, raw_size, account;	/* account: see record.h */
	struct str octets, facts, front;
};
int stage_place(struct engine *e, const struct blob_ask *b,
    struct place *at, struct err *err);
int stage_sync(struct engine *e, struct err *err);
void stage_commit(struct engine *e);
void stage_abort(struct engine *e);

/* deliver.c */
struct placing {
	struct acct *acct;
	struct mbox *mbox;
	uint64_t blob, size;	/* size: prefix, front and message */
	uint32_t flags, front;
	uint64_t seen_by;	/* a reader who is not the owner; 0 */
	int64_t received;
	int32_t offset_min;
	struct str prefix, keywords, thread_keys;
	struct str uidl;	/* of another server; empty: none */
};
int deliver(struct engine *e, const struct placing *d, uint32_t *uid,
    struct err *err);
/* The email alone, with this number: no mailbox has it yet. */
int deliver_nowhere(struct engine *e, const struct placing *d, uint64_t email,
    struct err *err);
int blob_insert(struct engine *e, const struct place *at, uint64_t refs,
    struct err *err);
/* An email of *row goes to the end of a mailbox, with row->modseq as what it
 * came with; its UID is filled in. keywords lie in the batch's arena. */
int place_email(struct engine *e, struct acct *a, struct mbox *m,
    struct column_row *row, struct str keywords, struct err *err);
/* The same with one that was elsewhere, or nowhere yet. */
int replace_email(struct engine *e, struct acct *a, struct mbox *m,
    struct column_row *row, struct str keywords, struct err *err);

/* conversation.c: of a new email, which is there from this commit on. */
int conversation_find(struct engine *e, uint64_t account, uint64_t email,
    struct str keys, uint64_t *thread, struct err *err);

/* kept.c: an email that no mailbox has any more is kept for those who want it
 * back, or not. */
int retire_email(struct engine *e, uint64_t account, uint64_t email,
    struct err *err);
int drop_email(struct engine *e, uint64_t account, uint64_t email,
    struct err *err);

/* expunge.c: it leaves its only mailbox; `then` is one of these two. */
typedef int after_expunge(struct engine *e, uint64_t account, uint64_t email,
    struct err *err);
int expunge_email(struct engine *e, struct acct *a, struct mbox *m,
    const struct column_row *row, struct str keywords, uint64_t modseq,
    after_expunge *then, struct err *err);
/* It leaves a mailbox, with this modseq. Whether anything has the email then is
 * the caller's to say. */
int unplace_email(struct engine *e, struct acct *a, struct mbox *m,
    const struct column_row *row, struct str keywords, uint64_t modseq,
    struct err *err);

/* append.c */
void journal_appended(struct engine *e, const struct acct *a, uint64_t blob,
    struct str mailbox);

/* copying.c: a slice of what a copy left behind that nobody goes on with. 1 if
 * there was something to do. */
int copying_clean(struct engine *e, struct err *err);

/* An email, for another account or the same, with these flags. 0: it is gone
 * for good. */
int email_copied(struct engine *e, uint64_t account, uint64_t as,
    uint32_t flags, struct str keywords, uint64_t from, uint64_t email,
    struct err *err);

/* create.c */
/* Is there a mailbox of this name: 1, 0, or E_*. */
int mailbox_exists(struct engine *e, uint64_t account, struct str name,
    struct err *err);
/* The mailboxes above this name that are missing, the highest first: their
 * number. E_LIMIT if the account may not have them and one more. */
int mailbox_missing_above(struct engine *e, const struct acct *a,
    struct str name, int more, struct str missing[MAILBOX_LEVELS_MAX],
    struct err *err);
int mailbox_insert(struct engine *e, struct acct *a, struct str name,
    uint32_t special, struct mailbox_create_answer *out, struct err *err);
/* The mailbox for what is had back, made if it is not there; it has a UID. */
int mailbox_recovered(struct engine *e, struct acct *a, struct mbox **m,
    struct err *err);
/* Is anything below it? 1, 0, or E_*. */
int mailbox_has_below(struct engine *e, uint64_t account, struct str name,
    struct err *err);

/* metadata.c: what an account has noted at one mailbox, at another, too.
 * E_FULL: that would be too much. */
int metadata_room(struct engine *e, uint64_t account, uint64_t mailbox,
    struct err *err);
int metadata_copy(struct engine *e, uint64_t account, uint64_t from,
    uint64_t to, struct err *err);

/* aliases.c: E_INVALID and their names if aliases lead to this address. */
int aliases_to(struct engine *e, struct str address, struct err *err);
/* One more target of an alias, as the operator adds it; fresh: E_EXISTS if the
 * address is an alias already. And away with it, if it is there: from then on
 * the address is somebody else's (past_owners.h). */
int alias_lead(struct engine *e, struct str address, struct str target,
    bool fresh, struct err *err);
int alias_lead_no_more(struct engine *e, struct str domain, struct str local,
    struct str target, struct err *err);

/* directory.c: make an account. E_EXISTS, E_INVALID, E_NOTFOUND. */
int account_make(struct engine *e, struct str address, struct str sealed,
    uint64_t *account, struct err *err);
/* The account of this address there may be (0: none); the domain has to be. */
int account_of_address(struct engine *e, struct str address,
    uint64_t *account, struct err *err);
/* Nobody who is in now stays in. */
int account_throw_out(struct engine *e, uint64_t account, struct err *err);
/* ldap.c: is a directory elsewhere who proves its password? E_INVALID if so.
 * And nothing of that is left. */
int ldap_proves_not(struct engine *e, uint64_t account, struct str address,
    struct err *err);
int ldap_forget(struct engine *e, uint64_t account, struct str address,
    struct err *err);
/* E_EXISTS: it is, or may become, a directory's. */
int ldap_marks_not(struct engine *e, uint64_t account, struct str address,
    struct err *err);
/* pam.c: does PAM prove its password? E_EXISTS if so. And that is forgotten. */
int pam_proves_not(struct engine *e, uint64_t account, struct str address,
    struct err *err);
int pam_forget(struct engine *e, uint64_t account, struct err *err);

/* The readers. */
struct reader {
	struct engine *e;
	struct sql q;
	struct arena *arena;
	struct buf rows, more, chunk;
	struct under_way under_way;
	uint64_t leased;	/* see reader_told() */
	uint32_t wait_s;
};

/* The functions of the calls, each in its room. A writer's fills in w->answer,
 * or says why not; nothing was written when it fails, or the whole batch did
 * (w.failed). A reader's strs are good until the next ask of its reader. */
#define DECLARE_RUN_LOOP(name)
#define DECLARE_RUN_WRITER(name) \
	int write_##name(struct engine *e, struct write *w);
#define DECLARE_RUN_READER(name)                                    \
	int read_##name(struct reader *r, const struct caller *c,   \
	    const struct name##_ask *ask, union store_answer *answer, \
	    struct err *err);
#define C(name, answer, who, run, effects, reach) DECLARE_##run(name)
STORE_CALLS(C)
#undef C

/* mailbox/read.c */
int content_octets(struct reader *r, uint64_t account,
    const struct content_ask *ask, struct content_answer *out,
    struct err *err);

/* blobs.c */
enum { OCTETS_MAX = BLOB_CHUNK + 4096 };
/* Where the blob of a row is; for statements that give all of it. */
#define PLACE_OF(q, s)                                                    \
	((struct place){ sql_u64(q, s, blob), sql_u64(q, s, pack),        \
	    sql_u64(q, s, at), sql_u64(q, s, length),                     \
	    sql_u32(q, s, facts), sql_u32(q, s, crc), sql_u32(q, s, front) })
int place_get(struct sql *q, uint64_t blob, struct place *at, struct err *err);
/* `before` and behind it the fields that stand before the blob's text; lies in
 * the reader's arena. */
int blob_front(struct reader *r, const struct place *at, struct str before,
    struct str *out, struct err *err);
/* Empty if they cannot be read: facts are a cache. They lie in r->more. */
void blob_facts(struct reader *r, const struct place *at, struct str *facts);
/* At most len octets, and OCTETS_MAX, from offset on; they lie in r->rows. */
int blob_octets(struct reader *r, const struct place *at, uint64_t offset,
    uint64_t len, struct str *out, struct err *err);
/* Has compaction moved it since its place was read? Then it is *at now. Not
 * within sql_read_begin(), as what follows. */
bool blob_moved(struct sql *q, struct place *at);
/* What rc, of reading this blob, comes to. E_DAMAGED is E_NOTFOUND if it was
 * removed meanwhile; otherwise log and journal are told, once. Not within
 * sql_read_begin(): that does not see what happened since. */
enum damage_kind { DAMAGE_BLOB = 1, DAMAGE_PAGE };
int blob_damaged(struct reader *r, uint64_t blob, int rc, struct err *err);
/* vfs_on_damage(): log and journal are told, once a page. */
void page_damaged(void *engine, uint32_t page);
