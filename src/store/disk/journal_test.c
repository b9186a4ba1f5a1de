/*
 * Tests of the journal: a day that is flooded, a record that was torn.
 */
#include "base/test.h"

#include <fcntl.h>
#include <unistd.h>

#include "store/disk/journal.h"

enum { ROWS = 200, PART = 1000, NOON_US = 43200 };

struct folder {
	char path[32];
	int dirfd, log_fd;
	struct files *files;
	struct log *log;
};

static int64_t
zero(void *arg unused_arg)
{
	return 0;
}

static int
set_up(void **state)
{
	struct folder *p = calloc(1, sizeof(*p));

	(void)snprintf(p->path, sizeof(p->path), "/tmp/journal-XXXXXX");
	assert_non_null(mkdtemp(p->path));
	p->dirfd = open(p->path, O_RDONLY | O_DIRECTORY);
	p->files = files_real(p->dirfd);
	assert_int_equal(p->files->ops->mkdir(p->files, "journal"), 0);
	p->log_fd = openat(p->dirfd, "log", O_RDWR | O_CREAT, 0600);
	p->log = log_new(p->log_fd, "test", LOG_DEBUG, zero, NULL);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder *p = *state;
	char command[64];

	log_free(p->log);
	free(p->files);
	(void)close(p->log_fd);
	(void)close(p->dirfd);
	(void)snprintf(command, sizeof(command), "rm -rf %s", p->path);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static struct journal *
open_journal(const struct folder *p)
{
	const struct journal_bounds bounds = { PART, 2, 3 };

	return journal_new(p->files, &bounds, p->log);
}

static void
add(struct journal *j, uint64_t message)
{
	journal_add(j, &(struct journal_row){ .at_us = NOON_US,
	    .event = JOURNAL_stored, .message = message,
	    .address = STR("somebody@example.org") });
	journal_flush(j, (int64_t)NOON_US * 1000000);
}

/* The numbers of all rows, in order; how many there are. */
static size_t
read_all(struct journal *j, uint64_t *messages)
{
	auto_buf b = BUF_INIT(1 << 20);
	uint64_t place = 0, next = 0;
	struct journal_row row;
	struct err err = { 0 };
	size_t n = 0;
	struct rd r;

	do {
		place = next;
		assert_int_equal(journal_read(j, STR("1970-01-01"), place, 700,
		    &b, &next, &err), 0);
	} while (next > place);
	r = rd_of(buf_get(&b));
	while (rd_left(&r) > 0 && msg_take(&r, &journal_row_shape, &row))
		messages[n++] = row.message;
	return n;
}

/* It never goes silent: the first rows and the last ones are there, nothing of
 * the middle is, and each part that went was said. */
static void
test_flooded(void **state)
{
	const struct folder *p = *state;
	uint64_t messages[ROWS];
	struct journal *j = open_journal(p);
	size_t n, gap = 0, said = 0;
	static char log[65536];
	ssize_t got;

	for (uint64_t i = 0; i < ROWS; i++) {
		if (i == ROWS / 2) {	/* a start in between changes nothing */
			journal_free(j);
			j = open_journal(p);
		}
		add(j, i);
	}
	n = read_all(j, messages);
	assert_true(n > 20 && n < ROWS / 2);
	assert_int_equal(messages[0], 0);
	assert_int_equal(messages[n - 1], ROWS - 1);
	for (size_t i = 1; i < n; i++)
		if (messages[i] != messages[i - 1] + 1) {
			assert_int_equal(gap, 0);
			gap = i;
		}
	/* Two parts of the five stand before it. */
	assert_true(gap > n / 4 && gap < n / 2);
	got = pread(p->log_fd, log, sizeof(log), 0);
	for (struct str s = str_make(log, (size_t)got);
	    str_find(s, STR("journal_full")) < s.n; said++)
		s = str_from(s, str_find(s, STR("journal_full")) + 1);
	assert_true(said > 3);
	journal_free(j);
}

/* What a power cut tore is written over, so that what follows is found. */
static void
test_torn(void **state)
{
	const struct folder *p = *state;
	uint64_t messages[ROWS];
	struct journal *j = open_journal(p);
	int fd;

	add(j, 1);
	add(j, 2);
	journal_free(j);
	fd = openat(p->dirfd, "journal/1970-01-01", O_RDWR);
	assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) - 3), 0);
	(void)close(fd);
	j = open_journal(p);
	add(j, 3);
	assert_int_equal(read_all(j, messages), 2);
	assert_int_equal(messages[0], 1);
	assert_int_equal(messages[1], 3);
	journal_free(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_flooded, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_torn, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
