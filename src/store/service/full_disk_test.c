/*
 * Tests of a disk that is full, or read-only: a small file system of their own,
 * in a mount namespace of this process.
 */
#include "base/test.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/service/test_fixture.h"

enum { DISK = 24 << 20, RESERVE = 2 << 20 };

struct disk {
	char path[64];
	int dirfd, logfd;
	struct files *files;
	struct log *log;
	struct fixture d;
	uint64_t alice;
	uint64_t opened;
};

static int64_t
log_clock(void *arg unused_arg)
{
	return 0;
}

static void
open_files(struct disk *p)
{
	p->dirfd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(p->dirfd >= 0);
	p->files = files_real(p->dirfd);
	fixture_init(&p->d, p->files);
	p->d.o.reserve_octets = RESERVE;
	p->d.o.log = p->log;
	p->d.change = ++p->opened * 100000;
}

static void
close_files(struct disk *p)
{
	fixture_close(&p->d);
	close(p->dirfd);
	free(p->files);
	p->files = NULL;
}

static int
set_up(void **state)
{
	struct disk *p = calloc(1, sizeof(*p));
	char options[40];

	(void)snprintf(p->path, sizeof(p->path), "/tmp/postern-XXXXXX");
	assert_non_null(mkdtemp(p->path));
	(void)snprintf(options, sizeof(options), "size=%d", DISK);
	assert_int_equal(mount("none", p->path, "tmpfs", 0, options), 0);
	p->logfd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	p->log = log_new(p->logfd, "store", LOG_INFO, log_clock, NULL);
	open_files(p);
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(fixture_domain(&p->d, "ours.test"), 0);
	assert_int_equal(fixture_account(&p->d, "alice@ours.test", &p->alice),
	    0);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct disk *p = *state;

	if (p->files)
		close_files(p);
	log_free(p->log);
	close(p->logfd);
	assert_int_equal(umount2(p->path, MNT_DETACH), 0);
	assert_int_equal(rmdir(p->path), 0);
	free(p);
	return 0;
}

/* How often it was logged. */
static int
logged(struct disk *p, const char *event)
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

static int
mail(struct disk *p, size_t n)
{
	const char *to[] = { "alice@ours.test", NULL };
	char *text = malloc(n + 1);
	int rc;

	memset(text, 'x', n);
	text[n] = '\0';
	rc = fixture_submit(&p->d, 0, text, to, NULL);
	free(text);
	return rc;
}

/* Until nothing more goes in, by us or by anybody. */
static void
fill(struct disk *p)
{
	int fd = openat(p->dirfd, "filler", O_WRONLY | O_CREAT | O_APPEND,
	    0600);
	static char block[4096];

	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		continue;
	close(fd);
	for (int i = 0; mail(p, 50000) == 0; i++)
		assert_true(i < 1000);
	for (int i = 0; mail(p, 10) == 0; i++)
		assert_true(i < 1000);
	assert_int_equal(mail(p, 10), E_FULL);
	fd = openat(p->dirfd, "filler", O_WRONLY | O_APPEND);
	while (write(fd, block, sizeof(block)) > 0)
		continue;
	close(fd);
}

static uint32_t
count(struct disk *p)
{
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;

	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	return in.exists;
}

static int
delete_all(struct disk *p, uint32_t *gone)
{
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;
	int rc;

	assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX", &in), 0);
	rc = fixture_flags(&p->d, &alice, &in, 1, UINT32_MAX, FLAGS_ADD,
	    FLAG_deleted, "");
	if (rc == 0)
		rc = fixture_expunge(&p->d, &alice, &in, gone);
	return rc;
}

static void
clean(struct disk *p)
{
	bool more = true;

	p->d.now_us += (int64_t)400 * 1000000;
	while (more)
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), 0);
}

/* Nothing more can be stored; what makes room can be done, and then mail comes
 * in again: nobody had to help. */
static void
test_room_is_made(void **state)
{
	struct disk *p = *state;
	struct caller alice = fixture_person(p->alice);
	const char *far[] = { "x@far.test", NULL };
	uint32_t gone = 0, there;

	for (int i = 0; i < 100; i++)
		assert_int_equal(mail(p, 50000), 0);
	assert_int_equal(fixture_submit_as(&p->d, &alice, "alice@ours.test",
	    "to be dropped", far, NULL), 0);
	fill(p);
	there = count(p);
	assert_int_equal(engine_refuses(p->d.e), E_FULL);
	assert_int_equal(fixture_queue_change(&p->d, QUEUE_DROP, "@far.test"),
	    0);
	assert_int_equal(delete_all(p, &gone), 0);
	assert_int_equal(gone, there);
	/* The reserve is not for mail. */
	assert_int_equal(mail(p, 10), E_FULL);
	clean(p);
	clean(p);
	assert_int_equal(mail(p, 50000), 0);
	clean(p);
	assert_int_equal(engine_refuses(p->d.e), 0);
	assert_int_equal(logged(p, " disk_full"), 1);
	assert_int_equal(logged(p, " disk_has_room"), 1);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* An account that is removed makes room as well. */
static void
test_account_is_removed(void **state)
{
	struct disk *p = *state;
	struct account_remove_ask ask = { 77, STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &ask };

	for (int i = 0; i < 100; i++)
		assert_int_equal(mail(p, 50000), 0);
	fill(p);
	assert_int_equal(fixture_write(&p->d, &w), 0);
	clean(p);
	clean(p);
	assert_int_equal(fixture_domain(&p->d, "other.test"), 0);
	assert_int_equal(engine_refuses(p->d.e), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* A process that does something here and dies. */
static void
in_a_child(struct disk *p, void (*fn)(struct disk *p))
{
	pid_t child;
	int status;

	close_files(p);
	child = fork();
	if (child == 0) {
		open_files(p);
		if (fixture_open(&p->d) < 0)
			_exit(1);
		fn(p);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	p->opened++; /* its own changes have other ids */
	open_files(p);
}

static void
some_mail_and_fill(struct disk *p)
{
	for (int i = 0; i < 20; i++)
		assert_int_equal(mail(p, 50000), 0);
	fill(p);
}

static void
test_starts_full(void **state)
{
	struct disk *p = *state;
	uint32_t gone, there;

	in_a_child(p, some_mail_and_fill);
	assert_int_equal(fixture_open(&p->d), 0);
	there = count(p);
	assert_true(there >= 20);
	assert_int_equal(mail(p, 50000), E_FULL);
	assert_int_equal(engine_refuses(p->d.e), E_FULL);
	assert_int_equal(delete_all(p, &gone), 0);
	assert_int_equal(gone, there);
	assert_int_equal(unlinkat(p->dirfd, "filler", 0), 0);
	clean(p);
	assert_int_equal(mail(p, 10), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* And nothing is left of the reserve. */
static void
fill_all(struct disk *p)
{
	int fd;

	some_mail_and_fill(p);
	fd = openat(p->dirfd, "reserve", O_WRONLY | O_TRUNC);
	assert_true(fd >= 0);
	close(fd);
	fill(p);
}

static void
test_starts_without_reserve(void **state)
{
	struct disk *p = *state;
	uint32_t there, gone;

	in_a_child(p, fill_all);
	assert_int_equal(fixture_open(&p->d), 0);
	there = count(p);
	assert_true(there >= 20);
	assert_int_equal(mail(p, 50000), E_FULL);
	clean(p);
	/* Whether there is room for it hangs on the WAL. */
	(void)delete_all(p, &gone);
	assert_int_equal(unlinkat(p->dirfd, "filler", 0), 0);
	clean(p);
	assert_int_equal(mail(p, 10), 0);
	assert_int_equal(delete_all(p, &gone), 0);
	assert_int_equal(count(p), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

static void
some_mail(struct disk *p)
{
	for (int i = 0; i < 20; i++)
		assert_int_equal(mail(p, 5000), 0);
}

static void
remount(struct disk *p, unsigned long flags)
{
	char options[40];

	(void)snprintf(options, sizeof(options), "size=%d", DISK);
	assert_int_equal(mount("none", p->path, "tmpfs", MS_REMOUNT | flags,
	    options), 0);
}

/* After a crash and after a good end, which leaves no WAL. */
static void
test_read_only(void **state)
{
	struct disk *p = *state;
	static char text[6000];
	struct caller alice = fixture_person(p->alice);
	struct open_answer in;
	bool more;

	in_a_child(p, some_mail);
	for (int i = 0; i < 2; i++) {
		remount(p, MS_RDONLY);
		assert_int_equal(fixture_open(&p->d), 0);
		assert_int_equal(count(p), 20);
		assert_int_equal(fixture_open_mailbox(&p->d, &alice, "INBOX",
		    &in), 0);
		assert_int_equal(fixture_content(&p->d, &alice, in.mailbox, 7,
		    text, sizeof(text), NULL), 5000);
		assert_int_equal(mail(p, 10), E_IO);
		assert_int_equal(engine_refuses(p->d.e), E_IO);
		clean(p);
		assert_int_equal(logged(p, " only_reading"), i + 1);
		remount(p, 0);
		/* Only another process can have the files open for writing. */
		p->d.now_us += 60000000;
		assert_int_equal(engine_gc(p->d.e, &more, &p->d.err), E_STALE);
		close_files(p);
		open_files(p);
		assert_int_equal(fixture_open(&p->d), 0);
		assert_int_equal(count(p), 20);
		close_files(p);
		open_files(p);
	}
	assert_int_equal(fixture_open(&p->d), 0);
	assert_int_equal(mail(p, 10), 0);
	assert_int_equal(fixture_verify(&p->d), 0);
}

/* A warning before it is full, and once. */
static void
test_warning(void **state)
{
	struct disk *p = *state;

	for (int i = 0; i < 3; i++)
		clean(p);
	assert_int_equal(logged(p, " disk_low"), 1);
	assert_int_equal(logged(p, " disk_full"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_room_is_made, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_account_is_removed,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_starts_full, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_starts_without_reserve,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_read_only, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_warning, set_up,
		    tear_down),
	};

	/* An ordinary user may mount in a namespace of users, or not at all. */
	if ((geteuid() != 0 && unshare(CLONE_NEWUSER) < 0) ||
	    unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		fprintf(stderr, "no file system of our own can be mounted\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
