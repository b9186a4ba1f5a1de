#include "store/disk/journal.h"

#include <errno.h>
#include <pthread.h>

#include "base/timetext.h"
#include "base/crc32c.h"

/* A day's file has a bound: who floods it shall not fill the disk. */
enum { DAY_MAX = 1 << 30, WAITING_MAX = 4 << 20, ROW_MAX = 4096 };
enum { NAME = 32, HEAD = 8 };

struct journal {
	struct files *fs;
	pthread_mutex_t lock;
	struct buf waiting;
	uint64_t lost;
	/* Of who flushes. */
	pthread_mutex_t flushing;
	struct buf writing;
	struct file *f;
	int64_t day;
	uint64_t at;
};

struct journal *
journal_new(struct files *fs)
{
	struct journal *j = calloc(1, sizeof(*j));

	bug_if(!j);
	j->fs = fs;
	j->waiting = BUF_INIT(WAITING_MAX);
	j->writing = BUF_INIT(WAITING_MAX);
	pthread_mutex_init(&j->lock, NULL);
	pthread_mutex_init(&j->flushing, NULL);
	return j;
}

void
journal_free(struct journal *j)
{
	if (!j)
		return;
	file_close(j->f);
	buf_free(&j->waiting);
	buf_free(&j->writing);
	pthread_mutex_destroy(&j->lock);
	pthread_mutex_destroy(&j->flushing);
	free(j);
}

void
journal_encode(struct buf *b, const struct journal_row *row)
{
	size_t start = b->n;
	uint32_t head[2] = { 0, 0 };

	buf_put(b, head, sizeof(head));
	msg_put(b, &journal_row_shape, row);
	if (buf_failed(b))
		return;
	head[0] = htole32((uint32_t)(b->n - start - HEAD));
	head[1] = htole32(crc32c(0, b->p + start + HEAD,
	    b->n - start - HEAD));
	memcpy(b->p + start, head, sizeof(head));
}

void
journal_add_encoded(struct journal *j, struct str records, int64_t at_us)
{
	(void)at_us;
	pthread_mutex_lock(&j->lock);
	if (records.n <= WAITING_MAX - j->waiting.n)
		buf_str(&j->waiting, records);
	else
		j->lost++;
	pthread_mutex_unlock(&j->lock);
}

void
journal_add(struct journal *j, const struct journal_row *row)
{
	auto_buf b = BUF_INIT(ROW_MAX);

	journal_encode(&b, row);
	if (!buf_failed(&b))
		journal_add_encoded(j, buf_get(&b), row->at_us);
}

static void
day_name(char *out, size_t n, int64_t at)
{
	struct civil c = civil_of(at);

	(void)snprintf(out, n, "journal/%04d-%02d-%02d", c.year, c.month,
	    c.day);
}

static int
open_day(struct journal *j, int64_t at)
{
	char name[NAME];
	int rc;

	if (j->f && j->day == at / 86400)
		return 0;
	file_close(j->f);
	j->f = NULL;
	day_name(name, sizeof(name), at);
	rc = j->fs->ops->open(j->fs, name, FILE_CREATE, &j->f);
	if (rc == 0)
		rc = j->fs->ops->size(j->f, &j->at);
	if (rc == 0)
		j->day = at / 86400;
	return rc;
}

static bool
put_waiting(struct journal *j)
{
	if (j->at >= DAY_MAX)
		return true;
	if (j->fs->ops->write(j->f, j->writing.p, j->writing.n, j->at) < 0)
		return false;
	j->at += j->writing.n;
	return true;
}

static void
flush(struct journal *j, int64_t now_us)
{
	struct buf swap;

	pthread_mutex_lock(&j->lock);
	swap = j->waiting;
	j->waiting = j->writing;
	j->writing = swap;
	pthread_mutex_unlock(&j->lock);
	if (j->writing.n == 0)
		return;
	if (open_day(j, now_us / 1000000) < 0 || !put_waiting(j)) {
		file_close(j->f); /* look at its size again */
		j->f = NULL;
	}
	buf_reset(&j->writing);
}

void
journal_flush(struct journal *j, int64_t now_us)
{
	pthread_mutex_lock(&j->flushing);
	flush(j, now_us);
	pthread_mutex_unlock(&j->flushing);
}

struct dropping {
	struct journal *j;
	char before[NAME];
};

static void
drop_one(void *arg, const char *name)
{
	struct dropping *d = arg;
	char path[NAME];
	int n = snprintf(path, sizeof(path), "journal/%s", name);

	if (n > 0 && (size_t)n < sizeof(path) && strcmp(path, d->before) < 0)
		(void)d->j->fs->ops->unlink(d->j->fs, path);
}

void
journal_drop_before(struct journal *j, int64_t at)
{
	struct dropping d = { .j = j };

	day_name(d.before, sizeof(d.before), at > 0 ? at : 0);
	(void)j->fs->ops->list(j->fs, "journal", drop_one, &d);
}

/* ---- reading ----------------------------------------------------------- */

static bool
day_is(struct str day)
{
	size_t i;

	for (i = 0; i < day.n; i++)
		if (i == 4 || i == 7 ? day.p[i] != '-'
				     : !ascii_is_digit(day.p[i]))
			return false;
	return day.n == 10;
}

/* Whole records at the start of what was read; a torn one ends it. */
static size_t
take_records(struct str octets, struct buf *out)
{
	struct rd r = rd_of(octets);
	uint32_t len, crc;
	size_t used = 0;
	struct str row;

	while (rd_left(&r) >= HEAD) {
		len = rd_le32(&r);
		crc = rd_le32(&r);
		row = rd_take(&r, len);
		if (!rd_ok(&r) || crc32c(0, row.p, row.n) != crc)
			break;
		buf_str(out, row);
		used += HEAD + len;
	}
	return used;
}

int
journal_read(struct journal *j, struct str day, uint64_t offset, size_t max,
    struct buf *out, uint64_t *next, struct err *err)
{
	char name[NAME], *octets;
	struct file *f;
	size_t got = 0;
	int rc;

	if (!day_is(day))
		return err_set(err, E_INVALID, "a day is like 2026-11-22");
	(void)snprintf(name, sizeof(name), "journal/%.10s", day.p);
	rc = j->fs->ops->open(j->fs, name, 0, &f);
	if (rc < 0)
		return err_set(err, rc == -ENOENT ? E_NOTFOUND : E_IO,
		    "no journal of that day");
	octets = malloc(max);
	bug_if(!octets);
	rc = j->fs->ops->read(f, octets, max, offset, &got);
	file_close(f);
	*next = offset;
	if (rc == 0)
		*next += take_records(str_make(octets, got), out);
	free(octets);
	return rc < 0 ? err_set(err, E_IO, "read the journal: failed") : 0;
}
