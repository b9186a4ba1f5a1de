/*
 * A shelf gives back what was put on it, or nothing: while it grows, is swept,
 * torn and damaged.
 */
#include "base/test.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/shelf/shelf_int.h"

enum { ACCOUNT = 3, BOX = 7, MESSAGES = 2000, ROUNDS = 400 };

static uint64_t seed = 88172645463325252ull;

static uint32_t
chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16) % n;
}

struct folder {
	char path[32];
	int dirfd;
	struct files *files;
	struct files_ops ops;	/* which count */
	struct shelves *s;
	struct arena *a;
	struct shelved v[MESSAGES];
	struct err err;
};

static int (*really_read)(struct file *f, void *p, size_t n, uint64_t at,
    size_t *got);
static int reads;

static int
counted_read(struct file *f, void *p, size_t n, uint64_t at, size_t *got)
{
	reads++;
	return really_read(f, p, n, at, got);
}

static int
set_up(void **state)
{
	struct folder *p = calloc(1, sizeof(*p));

	(void)snprintf(p->path, sizeof(p->path), "/tmp/shelf-XXXXXX");
	assert_non_null(mkdtemp(p->path));
	p->dirfd = open(p->path, O_RDONLY | O_DIRECTORY);
	p->files = files_real(p->dirfd);
	p->ops = *p->files->ops;
	really_read = p->ops.read;
	p->ops.read = counted_read;
	p->files->ops = &p->ops;
	p->s = shelves_new(p->files);
	p->a = arena_new(2 * SHELF_MEM);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder *p = *state;
	char command[64];

	shelves_free(p->s);
	free(p->files);
	arena_free(p->a);
	(void)close(p->dirfd);
	(void)snprintf(command, sizeof(command), "rm -rf %s", p->path);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static uint64_t
blob_of(uint64_t mailbox, uint32_t uid)
{
	return mailbox * 100000 + uid;
}

static struct str
facts_of(struct folder *p, uint64_t mailbox, uint32_t uid)
{
	return arena_printf(p->a, "facts of %u in %u%.*s", (unsigned)uid,
	    (unsigned)mailbox, (int)(uid % 40), "......................"
	    "..................");
}

/* The messages from..to as somebody lists them, without facts. */
static size_t
list(struct folder *p, uint64_t mailbox, uint32_t from, uint32_t to)
{
	size_t n = 0;

	for (uint32_t uid = from; uid <= to; uid++)
		p->v[n++] = (struct shelved){ uid, blob_of(mailbox, uid),
			STR_NULL };
	return n;
}

static void
put(struct folder *p, uint64_t mailbox, uint32_t from, uint32_t to)
{
	size_t n = list(p, mailbox, from, to);

	arena_reset(p->a);
	for (size_t i = 0; i < n; i++)
		p->v[i].facts = facts_of(p, mailbox, p->v[i].uid);
	assert_int_equal(shelf_put(p->s, ACCOUNT, mailbox, p->v, n, &p->err),
	    0);
}

static int
look_up(struct folder *p, uint64_t mailbox, size_t n)
{
	size_t looked;

	return shelf_look(p->s, ACCOUNT, mailbox, p->v, n, SIZE_MAX, &looked,
	    p->a, &p->err);
}

/* How many of them are there; what is there is right. */
static size_t
look(struct folder *p, uint64_t mailbox, uint32_t from, uint32_t to)
{
	size_t n = list(p, mailbox, from, to), found = 0;

	arena_reset(p->a);
	assert_int_equal(look_up(p, mailbox, n), 0);
	for (size_t i = 0; i < n; i++) {
		if (p->v[i].facts.n == 0)
			continue;
		assert_strs(p->v[i].facts,
		    facts_of(p, mailbox, p->v[i].uid));
		found++;
	}
	return found;
}

/* Blocks behind the one that brings enough are not read. */
static void
test_enough(void **state)
{
	struct folder *p = *state;
	size_t n, looked;

	put(p, BOX, 1, 100);
	put(p, BOX, 101, 200);
	n = list(p, BOX, 1, 200);
	arena_reset(p->a);
	assert_int_equal(shelf_look(p->s, ACCOUNT, BOX, p->v, n, 1, &looked,
	    p->a, &p->err), 0);
	assert_int_equal(looked, 100);
	assert_true(p->v[99].facts.n > 0);
	assert_int_equal(p->v[100].facts.n, 0);
}

static void
test_there(void **state)
{
	struct folder *p = *state;

	assert_int_equal(look(p, BOX, 1, 100), 0);
	put(p, BOX, 1, 100);
	assert_int_equal(look(p, BOX, 1, 100), 100);
	assert_int_equal(look(p, BOX + 1, 1, 100), 0);
	assert_int_equal(look(p, BOX, 95, 200), 0);	/* too few */
	assert_int_equal(look(p, BOX, 90, 200), 11);
	/* Between and over those that are there: what is new is put. */
	put(p, BOX, 200, 300);
	put(p, BOX, 50, 350);
	assert_int_equal(look(p, BOX, 1, 400), 350);
	put(p, BOX, 1000, 1000 + SHELF_LEAST - 2);	/* too few */
	assert_int_equal(look(p, BOX, 1000, 1100), 0);
	/* Another message with this UID. */
	list(p, BOX, 1, 100);
	for (size_t i = 0; i < 100; i++)
		p->v[i].blob++;
	assert_int_equal(look_up(p, BOX, 100), 0);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(p->v[i].facts.n, 0);
	/* And what is on the disk is what is in memory. */
	shelf_rest(p->s);
	assert_int_equal(look(p, BOX, 1, 400), 350);
}

/* A page of neighbours is one read. */
static void
test_reads(void **state)
{
	struct folder *p = *state;

	put(p, BOX, 1, 200);
	put(p, BOX, 201, 400);
	assert_int_equal(look(p, BOX, 1, 20), 20);
	reads = 0;
	assert_int_equal(look(p, BOX, 1, 200), 200);
	assert_int_equal(reads, 1);
	assert_int_equal(look(p, BOX, 101, 300), 200);
	assert_int_equal(reads, 3);
}

static void
test_random(void **state)
{
	struct folder *p = *state;
	static bool there[3][MESSAGES + 1];

	for (int round = 0; round < ROUNDS; round++) {
		uint32_t box = chance(3), from = 1 + chance(MESSAGES - 1);
		uint32_t to = from + chance(300);
		size_t before = 0, found;

		to = to > MESSAGES ? MESSAGES : to;
		if (chance(50) == 0)
			shelf_rest(p->s);
		for (uint32_t uid = from; uid <= to; uid++)
			before += there[box][uid];
		found = look(p, box + 1, from, to);
		assert_true(found <= before);
		if (chance(2))
			continue;
		put(p, box + 1, from, to);
		list(p, box + 1, 1, MESSAGES);
		arena_reset(p->a);
		assert_int_equal(look_up(p, box + 1, MESSAGES), 0);
		for (uint32_t uid = 1; uid <= MESSAGES; uid++) {
			bool is = p->v[uid - 1].facts.n > 0;

			/* Nothing goes, and nothing comes but what was put. */
			assert_true(is || !there[box][uid]);
			assert_true(there[box][uid] || !is ||
			    (from <= uid && uid <= to));
			there[box][uid] = is;
		}
	}
}

static void
shell(struct folder *p, const char *command)
{
	char line[200];

	(void)snprintf(line, sizeof(line), "cd %s/shelf && %s", p->path,
	    command);
	assert_int_equal(system(line), 0);
}

static bool
has_file(struct folder *p)
{
	return faccessat(p->dirfd, "shelf/0000000000000003", F_OK, 0) == 0;
}

/* It lost its end, or has one that is no block. */
static void
test_torn(void **state)
{
	struct folder *p = *state;

	put(p, BOX, 1, 100);
	put(p, BOX, 101, 200);
	shelf_rest(p->s);
	shell(p, "truncate -s -1 *3");
	assert_int_equal(look(p, BOX, 1, 200), 100);
	put(p, BOX, 101, 130);
	shelf_rest(p->s);
	assert_int_equal(look(p, BOX, 1, 200), 130);
	shelf_rest(p->s);
	shell(p, "head -c 5000 /dev/zero >>0000000000000003");
	assert_int_equal(look(p, BOX, 1, 200), 130);
	put(p, BOX, 131, 200);
	shelf_rest(p->s);
	assert_int_equal(look(p, BOX, 1, 200), 200);
}

static void
test_damaged(void **state)
{
	struct folder *p = *state;
	size_t n;

	put(p, BOX, 1, 100);
	shell(p, "printf X | dd of=0000000000000003 bs=1 seek=2000"
	    " conv=notrunc status=none");
	n = list(p, BOX, 1, 100);
	assert_int_equal(look_up(p, BOX, n), E_DAMAGED);
	assert_false(has_file(p));
	assert_int_equal(look(p, BOX, 1, 100), 0);
	put(p, BOX, 1, 100);
	assert_int_equal(look(p, BOX, 1, 100), 100);
}

static uint32_t every;

static bool
is_gone(void *arg unused_arg, uint64_t mailbox, uint32_t uid, uint64_t blob)
{
	assert_int_equal(blob, blob_of(mailbox, uid));
	return uid % every == 0;
}

static bool
account_is(void *arg, uint64_t account)
{
	return account == *(uint64_t *)arg;
}

/* What is gone is not to be found in the file either. */
static void
test_swept(void **state)
{
	struct folder *p = *state;
	uint64_t account = ACCOUNT + 1;

	put(p, BOX, 1, 100);
	put(p, BOX, 101, 200);
	every = 3;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(shelf_sweep(p->s, ACCOUNT, is_gone, NULL,
		    &p->err), 0);
		assert_int_equal(look(p, BOX, 1, 200), 134);
		shelf_rest(p->s);
	}
	shell(p, "grep -q 'facts of 100 in 7' *3");
	shell(p, "! grep -q 'facts of 99 in 7' *3");
	shelf_drop_others(p->s, account_is, &account);
	assert_true(has_file(p));
	every = 2;
	assert_int_equal(shelf_sweep(p->s, ACCOUNT, is_gone, NULL, &p->err),
	    0);
	assert_false(has_file(p));	/* most of it was */
	put(p, BOX, 1, 100);
	account = ACCOUNT;
	shelf_drop_others(p->s, account_is, &account);
	assert_false(has_file(p));
	assert_int_equal(look(p, BOX, 1, 100), 0);
}

/* Where nothing can be written, nothing is there. */
static void
test_refused(void **state)
{
	struct folder *p = *state;
	size_t n = list(p, BOX, 1, 100);

	assert_int_equal(close(openat(p->dirfd, "shelf", O_CREAT | O_WRONLY,
	    0600)), 0);
	for (size_t i = 0; i < n; i++)
		p->v[i].facts = STR("facts");
	assert_int_equal(shelf_put(p->s, ACCOUNT, BOX, p->v, n, &p->err),
	    E_IO);
	assert_int_equal(look_up(p, BOX, n), E_IO);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_there), T(test_enough), T(test_reads), T(test_random),
		T(test_torn), T(test_damaged), T(test_swept), T(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
