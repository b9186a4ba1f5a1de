/*
 * test_fixture.h - an engine with everything around it, for tests and
 * benchmarks: short calls that do one thing each.
 */
#pragma once
#include "store/engine/engine.h"

/* Settings of the queue, for those that a test does not choose. */
#define TEST_QUEUE .retry_min_s = 300, .retry_max_s = 14400, \
	.expire_s = 432000, .host_connections = 4, \
	.hold_longest_s = 2592000, .hold_messages = 10
enum { TEST_MAX_MESSAGE = 64 << 20 };

struct fixture {
	struct engine_options o;
	struct engine *e;
	struct reader *r;
	struct caller operator_, mx, vault, relay;
	int64_t now_us;
	int64_t look_us;	/* goes by at each look at the clock */
	uint64_t change, seed;
	struct str answers, author;	/* of what mx takes, and */
	bool author_proven;
	struct str dmarc;
	struct str message_id;	/* of what a person sends from now on */
	struct str thread_keys;	/* of messages from now on */
	int64_t hold_until;	/* the same; 0: they leave at once */
	uint64_t email;		/* what they are made of */
	struct str traits;	/* what they look like, */
	enum lesson lesson;	/* and are */
	bool hold;		/* they are kept apart */
	bool read;		/* as reports */
	bool from_bad;		/* they are proven to be x@bad.test's, and
				 * rules are asked */
	bool each, refuse;	/* as in messages_each.h: then the answer is */
	char said[16];		/* "TFLBR": taken, full, later, blocked,
				 * refused */
	struct err err;
	bool dead;	/* a commit was the end of the process */
};

/* Options may be changed between the two. */
void fixture_init(struct fixture *d, struct files *files);
int fixture_open(struct fixture *d);
void fixture_close(struct fixture *d);

/* One write, alone in its commit. */
int fixture_write(struct fixture *d, struct write *w);
/* All of one commit. */
int fixture_commit(struct fixture *d, struct write *w, size_t n);

int fixture_domain(struct fixture *d, const char *name);
int fixture_account(struct fixture *d, const char *address, uint64_t *account);
struct caller fixture_person(uint64_t account);

/* A message whose octets are `text`, from nobody, to these (NULL ends). The
 * change id is `change`, or a new one for 0. */
int fixture_submit(struct fixture *d, uint64_t change, const char *text,
    const char *const *to, uint64_t *message);
int fixture_submit_as(struct fixture *d, struct caller *who, const char *from,
    const char *text, const char *const *to, uint64_t *message);
/* What relay says became of recipients of a queued message; message 0: of a
 * lease that is none. */
struct fixture_outcome {
	uint32_t n, outcome;
};
int fixture_report(struct fixture *d, uint64_t message,
    const struct fixture_outcome *o, size_t n);
/* A report on them. */
int fixture_bounce(struct fixture *d, uint64_t message,
    const struct fixture_outcome *o, size_t n);
/* What the operator does to recipients that are (or are in) rcpt. */
int fixture_queue_change(struct fixture *d, uint32_t action, const char *rcpt);
/* The first queued message to this recipient: 0 if none. */
uint64_t fixture_queued(struct fixture *d, const char *rcpt);
int fixture_mailbox_create(struct fixture *d, struct caller *who,
    const char *name, uint32_t special, struct mailbox_create_answer *out);
int fixture_mailbox_delete(struct fixture *d, struct caller *who,
    const char *name, bool only_empty);
int fixture_mailbox_rename(struct fixture *d, struct caller *who,
    const char *name, const char *to);
int fixture_subscribe(struct fixture *d, struct caller *who, const char *name,
    bool subscribed);
int fixture_append(struct fixture *d, struct caller *who, const char *mailbox,
    const char *text, uint32_t flags, const char *keywords,
    struct append_answer *out);
/* n times this text; *a goes on with its `copying`. */
int fixture_append_all(struct fixture *d, struct caller *who,
    const char *mailbox, const char *text, int n, enum append_then then,
    struct append_all_answer *a);
int fixture_open_mailbox(struct fixture *d, const struct caller *who,
    const char *name, struct open_answer *out);
/* UIDs low to high. */
int fixture_flags(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high,
    uint32_t mode, uint32_t flags, const char *keywords);
int fixture_expunge(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t *expunged);
/* Whatever flags they have: UIDs low to high. */
int fixture_remove(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high,
    uint32_t *expunged);
/* UIDs low to high go to the end of a mailbox. A slice goes on with *a, which
 * is zeros at first; `last`: there are no others to come. */
int fixture_copy_slice(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high,
    const char *mailbox, bool last, struct copy_answer *a);
int fixture_copy(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high,
    const char *mailbox);
int fixture_move(struct fixture *d, struct caller *who,
    const struct open_answer *view, uint32_t low, uint32_t high,
    const char *mailbox, uint32_t *gone);
/* All rows of a view, at most max; their number or E_*. Strs are good until
 * the next ask. */
int fixture_rows(struct fixture *d, const struct caller *who,
    const struct open_answer *view, struct fetch_row *rows, size_t max);
/* The text of a message into out (cap octets, with room for the heads of its
 * chunks): how many octets. */
int fixture_content(struct fixture *d, const struct caller *who,
    uint64_t mailbox, uint32_t uid, char *out, size_t cap, struct str *prefix);
/* All slices of repair, their numbers added up: 0 or E_*. With slices, it stops
 * after so many. Lines go to stderr. */
struct fixture_repair {
	bool dry, forget;
	int slices;
	uint32_t recovered, restored, removed, counted, left;
	uint32_t tables, tables_left;
};
int fixture_repair(struct fixture *d, struct fixture_repair *r);
/* How many problems verify finds; printed to stderr. Negative E_*. */
int fixture_verify(struct fixture *d);

/* A database of ours with all that is in it, but without checksums at the end
 * of its pages, as they were before; keep_wal: as after a crash. SQLite's code.
 */
int fixture_copy_unsummed(const char *vfs, const char *from, const char *to,
    bool keep_wal);

/* A new folder, for a test's own; its end, with all that is in it. */
enum { FIXTURE_PATH = 64 };
struct files *fixture_folder(char path[FIXTURE_PATH], int *dirfd);
void fixture_folder_end(const char *path, int dirfd, struct files *files);
