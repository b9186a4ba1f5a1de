/*
 * Tests of packs that give back the room of what was deleted.
 */
#include "base/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/engine/engine_int.h"
#include "store/service/test_fixture.h"

enum { PACK = 256 * 1024, LONG = 40000, SHORT = 3000, MAILS = 40,
	SLICE = 128 * 1024 };

struct folder {
	char path[FIXTURE_PATH];
	int dirfd, logfd;
	struct files *files;
	struct log *log;
	struct fixture d;
	uint64_t account, opened;
};

static int64_t
log_clock(void *arg unused_arg)
{
	return 0;
}

static void
open_again(struct folder *p)
{
	int64_t now = p->d.now_us;

	fixture_close(&p->d);
	fixture_init(&p->d, p->files);
	p->d.now_us = now ? now : p->d.now_us;
	p->d.o.log = p->log;
	p->d.o.pack_octets = PACK;
	p->d.o.reserve_octets = 1 << 20;
	p->d.change = ++p->opened * 1000000;
	assert_int_equal(fixture_open(&p->d), 0);
}

static int
set_up(void **state)
{
	struct folder *p = calloc(1, sizeof(*p));

	p->files = fixture_folder(p->path, &p->dirfd);
	p->logfd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	p->log = log_new(p->logfd, "store", LOG_INFO, log_clock, NULL);
	open_again(p);
	assert_int_equal(fixture_domain(&p->d, "ours.test"), 0);
	assert_int_equal(fixture_account(&p->d, "alice@ours.test",
	    &p->account), 0);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder *p = *state;

	fixture_close(&p->d);
	log_free(p->log);
	close(p->logfd);
	fixture_folder_end(p->path, p->dirfd, p->files);
	free(p);
	return 0;
}

static int
logged(struct folder *p, const char *event)
{
	static char text[100000];
	ssize_t n = pread(p->logfd, text, sizeof(text) - 1, 0);
	char *at = text;
	int count = 0;

	assert_true(n >= 0);
	text[n] = '\0';
	for (; (at = strstr(at, event)); at++)
		count++;
	return count;
}

/* The text of the i-th message: long ones have sums of their parts. */
static const char *
text_of(int i)
{
	static char text[LONG + 1];
	size_t n = i % 3 ? SHORT : LONG;

	for (size_t k = 0; k < n; k++)
		text[k] = (char)('a' + (k / 7 + (size_t)i) % 26);
	text[n] = '\0';
	return text;
}

static void
deliver_all(struct folder *p)
{
	const char *to[] = { "alice@ours.test", NULL };

	for (int i = 1; i <= MAILS; i++)
		assert_int_equal(fixture_submit(&p->d, 0, text_of(i), to,
		    NULL), 0);
}

static struct open_answer
inbox(struct folder *p)
{
	struct caller alice = fixture_person(p->account);
	struct open_answer in;

	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	return in;
}

static void
delete(struct folder *p, uint32_t low, uint32_t high)
{
	struct caller alice = fixture_person(p->account);
	struct open_answer in = inbox(p);
	uint32_t gone;

	assert_int_equal(fixture_flags(&p->d, &alice, &in, low, high,
	    FLAGS_ADD, FLAG_deleted, ""), 0);
	in = inbox(p);
	assert_int_equal(fixture_expunge(&p->d, &alice, &in, &gone), 0);
	assert_int_equal(gone, high - low + 1);
}

/* Every fifth stays. */
static bool
stays(uint32_t uid)
{
	return uid % 5 == 1;
}

static void
delete_most(struct folder *p)
{
	for (uint32_t uid = 1; uid <= MAILS; uid++)
		if (!stays(uid))
			delete(p, uid, uid);
}

static void
read_one(struct folder *p, uint32_t uid)
{
	static char octets[LONG + 1000];
	struct caller alice = fixture_person(p->account);
	const char *text = text_of((int)uid);
	struct str prefix;
	int n = fixture_content(&p->d, &alice, inbox(p).mailbox, uid, octets,
	    sizeof(octets), &prefix);

	assert_int_equal(n, (int)strlen(text));
	assert_memory_equal(octets, text, (size_t)n);
}

static void
read_all(struct folder *p)
{
	for (uint32_t uid = 1; uid <= MAILS; uid++)
		if (stays(uid))
			read_one(p, uid);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static int
packs(struct folder *p)
{
	int fd = openat(p->dirfd, "packs", O_RDONLY | O_DIRECTORY), n = 0;
	DIR *dir = fdopendir(fd);
	struct dirent *entry;

	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static bool
is_there(struct folder *p, const char *name)
{
	return faccessat(p->dirfd, name, F_OK, 0) == 0;
}

/* As housekeeping does, with a look once in a while. */
static void
clean_for(struct folder *p, int seconds)
{
	bool more;

	for (int s = 0; s < seconds; s += 10) {
		p->d.now_us += 10000000;
		do
			assert_int_equal(engine_gc(p->d.e, &more, &p->d.err),
			    0);
		while (more);
	}
}

/* All but a fifth is deleted: so is the room it took, and no stray is left. */
static void
test_compaction(void **state)
{
	struct folder *p = *state;
	int before;

	deliver_all(p);
	before = packs(p);
	assert_true(before >= 3);
	delete_most(p);
	clean_for(p, 400);
	read_all(p);
	assert_int_equal(packs(p), before);	/* not before ten minutes */
	clean_for(p, 1000);
	read_all(p);
	assert_int_equal(packs(p), 1);
	assert_false(is_there(p, "packs/0000000000000001"));
	assert_true(logged(p, " pack_compacted ") >= before - 1);
	open_again(p);
	read_all(p);
	assert_int_equal(logged(p, " stray_file "), 0);
	assert_int_equal(logged(p, " file_missing "), 0);
}

/* Also where nothing comes any more. */
static void
test_last_pack(void **state)
{
	struct folder *p = *state;
	const char *to[] = { "alice@ours.test", NULL };

	assert_int_equal(fixture_submit(&p->d, 0, text_of(1), to, NULL), 0);
	delete(p, 1, 1);
	clean_for(p, 3000);
	assert_int_equal(packs(p), 1);
	clean_for(p, 2000);
	assert_int_equal(packs(p), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
	assert_int_equal(fixture_submit(&p->d, 0, text_of(2), to, NULL), 0);
	read_one(p, 2);
	open_again(p);
	read_one(p, 2);
	assert_int_equal(logged(p, " stray_file "), 0);
}

/* The writer copies so many octets a slice, and lets others go first: of one
 * large pack, two fifths of which stay. */
static void
test_rate(void **state)
{
	int64_t slices = 0, most = LONG + 4096, moved = 0;
	struct folder *p = *state;
	const struct compaction *x;
	bool more = true;

	fixture_close(&p->d);
	p->d.o.pack_octets = 2 << 20;
	assert_int_equal(fixture_open(&p->d), 0);
	for (int i = 0; i < 3; i++)
		deliver_all(p);
	for (uint32_t uid = 1; uid <= 3 * MAILS; uid++)
		if (uid % 5 > 1)
			delete(p, uid, uid);
	clean_for(p, 600);
	x = &p->d.e->compaction;
	for (int i = 0; i < 200 && x->pack == 0; i++) {
		p->d.now_us += 10000000;
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
	}
	assert_true(x->pack);
	for (slices = 1; more; slices++) {
		moved = (int64_t)x->moved;
		assert_true(moved <= slices * SLICE + most);
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
	}
	assert_true(moved > 3 * SLICE);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* What is damaged is not carried on, and not lost with its file either. */
static void
test_damage(void **state)
{
	struct folder *p = *state;
	struct caller alice = fixture_person(p->account);
	static char octets[LONG + 1000];
	struct str prefix;
	int fd;

	deliver_all(p);
	delete_most(p);
	clean_for(p, 400);
	fd = openat(p->dirfd, "packs/0000000000000001", O_WRONLY);
	assert_int_equal(pwrite(fd, "damage", 6, 1000), 6);	/* uid 1 */
	close(fd);
	clean_for(p, 1000);
	assert_int_equal(logged(p, " pack_left "), 1);
	assert_true(is_there(p, "packs/0000000000000001"));
	read_one(p, 6);
	assert_int_equal(fixture_content(&p->d, &alice, inbox(p).mailbox, 1,
	    octets, sizeof(octets), &prefix), E_DAMAGED);
	/* And goes when its owner lets it go. */
	delete(p, 1, 1);
	delete(p, 6, 6);
	clean_for(p, 4000);
	clean_for(p, 4000);
	read_one(p, 11);
}

/* ---- a reader that is late --------------------------------------------- */

/* Behind its row, it finds nothing: all is moved, and the file gone. */
static const struct files_ops *kernel;
static struct folder *racing;
static struct file *first_pack;

static int
late_open(struct files *fs, const char *name, uint32_t how, struct file **f)
{
	int rc = kernel->open(fs, name, how, f);

	if (rc == 0 && strcmp(name, "packs/0000000000000001") == 0)
		first_pack = *f;
	return rc;
}

static int
late_read(struct file *f, void *to, size_t n, uint64_t at, size_t *got)
{
	struct folder *p = racing;

	if (!p || f != first_pack)
		return kernel->read(f, to, n, at, got);
	racing = NULL;
	clean_for(p, 2000);
	assert_false(is_there(p, "packs/0000000000000001"));
	return -EIO;
}

static void
test_race(void **state)
{
	struct folder *p = *state;
	struct files_ops ops;

	deliver_all(p);
	delete_most(p);
	clean_for(p, 400);
	open_again(p);	/* nobody has the file open */
	kernel = p->files->ops;
	ops = *kernel;
	ops.open = late_open;
	ops.read = late_read;
	p->files->ops = &ops;
	racing = p;
	read_one(p, 1);
	assert_null(racing);
	assert_int_equal(logged(p, " message_damaged "), 0);
	p->files->ops = kernel;
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_compaction),
		T(test_last_pack),
		T(test_rate),
		T(test_damage),
		T(test_race),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
