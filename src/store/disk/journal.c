#include "store/disk/journal.h"

#include <errno.h>
#include <pthread.h>

#include "base/timetext.h"
#include "base/crc32c.h"

enum { WAITING_MAX = 4 << 20, ROW_MAX = 4096, CHECK_OCTETS = 1 << 20 };
enum { NAME = 32, HEAD = 8, DAY = 10, PART_SHIFT = 32 };

static const struct journal_bounds default_bounds = { 64 << 20, 8, 8 };

struct journal {
	struct files *fs;
	struct log *log;
	struct journal_bounds bounds;
	pthread_mutex_t lock;
	struct buf waiting;
	uint64_t lost;
	uint64_t unwritten;	/* batches; 0: it can be written */
	/* Of who flushes. */
	pthread_mutex_t flushing;
	struct buf writing;
	struct file *f;
	int64_t day;
	uint32_t part;		/* of the day; f is it */
	uint64_t at;
};

struct journal *
journal_new(struct files *fs, const struct journal_bounds *bounds,
    struct log *log)
{
	struct journal *j = calloc(1, sizeof(*j));

	bug_if(!j);
	j->fs = fs;
	j->log = log;
	j->bounds = bounds ? *bounds : default_bounds;
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

/* ---- the parts of a day ------------------------------------------------ */

static void
day_name(char out[DAY + 1], int64_t at)
{
	struct civil c = civil_of(at);
	char text[NAME];

	(void)snprintf(text, sizeof(text), "%04d-%02d-%02d", c.year, c.month,
	    c.day);
	memcpy(out, text, DAY);
	out[DAY] = '\0';
}

static void
part_name(char out[NAME], const char day[DAY + 1], uint32_t part)
{
	if (part == 0)
		(void)snprintf(out, NAME, "journal/%s", day);
	else
		(void)snprintf(out, NAME, "journal/%s.%u", day, part);
}

/* The parts there are of a day: the least over `after`, and the last. */
struct parts {
	const char *day;
	int64_t after;
	bool any;
	uint32_t least, last;
};

static void
see_part(void *arg, const char *name)
{
	struct parts *p = arg;
	struct str s = str_c(name);
	uint32_t part = 0;

	if (!str_starts(s, str_c(p->day)) ||
	    (s.n > DAY && (s.p[DAY] != '.' ||
	    !str_u32(str_from(s, DAY + 1), &part))) || part <= p->after)
		return;
	p->least = p->any && p->least < part ? p->least : part;
	p->last = p->any && p->last > part ? p->last : part;
	p->any = true;
}

static struct parts
parts_of(struct journal *j, const char day[DAY + 1], int64_t after)
{
	struct parts p = { .day = day, .after = after };

	(void)j->fs->ops->list(j->fs, "journal", see_part, &p);
	return p;
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
		if (out)
			buf_str(out, row);
		used += HEAD + len;
	}
	return used;
}

/* ---- writing ------------------------------------------------------------ */

/* Behind the last whole record: what follows one that a power cut has torn,
 * nobody would find. */
static int
find_end(struct journal *j)
{
	char *octets = malloc(CHECK_OCTETS);
	size_t got = 0, used = 1;
	int rc = 0;

	bug_if(!octets);
	for (j->at = 0; rc == 0 && used > 0; j->at += used) {
		rc = j->fs->ops->read(j->f, octets, CHECK_OCTETS, j->at, &got);
		used = rc == 0 ? take_records(str_make(octets, got), NULL) : 0;
	}
	free(octets);
	return rc;
}

static int
open_part(struct journal *j, const char day[DAY + 1], uint32_t part)
{
	char name[NAME];
	int rc;

	file_close(j->f);
	j->f = NULL;
	part_name(name, day, part);
	rc = j->fs->ops->open(j->fs, name, FILE_CREATE, &j->f);
	if (rc == -ENOENT && j->fs->ops->mkdir(j->fs, "journal") == 0)
		rc = j->fs->ops->open(j->fs, name, FILE_CREATE, &j->f);
	if (rc == 0)
		rc = find_end(j);
	j->part = part;
	return rc;
}

static int
open_day(struct journal *j, int64_t at)
{
	char day[DAY + 1], name[NAME];
	int rc;

	day_name(day, at);
	part_name(name, day, j->part);
	/* Somebody may have removed it. */
	if (j->f && j->day == at / 86400 &&
	    j->fs->ops->is_named(j->f, name) == 0)
		return 0;
	rc = open_part(j, day, parts_of(j, day, -1).last);
	if (rc == 0)
		j->day = at / 86400;
	return rc;
}

/* The next part, and room for it. */
static int
turn_part(struct journal *j)
{
	const struct journal_bounds *b = &j->bounds;
	uint32_t next = j->part + 1;
	char day[DAY + 1], name[NAME];

	day_name(day, j->day * 86400);
	if (next >= b->first + b->last) {
		part_name(name, day, next - b->last);
		(void)j->fs->ops->unlink(j->fs, name);
		log_event(j->log, LOG_WARN, "journal_full",
		    F_STR("dropped", str_c(name)),
		    F_INT("octets", b->part_octets));
	}
	return open_part(j, day, next);
}

static int
put_waiting(struct journal *j)
{
	int rc = j->at >= j->bounds.part_octets ? turn_part(j) : 0;

	if (rc == 0)
		rc = j->fs->ops->write(j->f, j->writing.p, j->writing.n,
		    j->at);
	if (rc == 0)
		j->at += j->writing.n;
	return rc;
}

/* Said once, and how much it was when it can be written again. */
static void
note_written(struct journal *j, int rc)
{
	if (rc < 0 && j->unwritten++ == 0)
		log_event(j->log, LOG_ERROR, "journal_failed",
		    F_STR("error", str_c(strerrordesc_np(-rc))));
	if (rc < 0 || j->unwritten == 0)
		return;
	log_event(j->log, LOG_WARN, "journal_lost", F_INT("rows",
	    j->unwritten));
	j->unwritten = 0;
}

static void
flush(struct journal *j, int64_t now_us)
{
	struct buf swap;
	uint64_t lost;
	int rc;

	pthread_mutex_lock(&j->lock);
	swap = j->waiting;
	j->waiting = j->writing;
	j->writing = swap;
	lost = j->lost;
	j->lost = 0;
	pthread_mutex_unlock(&j->lock);
	if (lost > 0)
		log_event(j->log, LOG_WARN, "journal_lost", F_INT("rows",
		    lost));
	if (j->writing.n == 0)
		return;
	rc = open_day(j, now_us / 1000000);
	if (rc == 0)
		rc = put_waiting(j);
	if (rc < 0) {
		file_close(j->f); /* look at its size again */
		j->f = NULL;
	}
	note_written(j, rc);
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
	char day[DAY + 1];

	day_name(day, at > 0 ? at : 0);
	part_name(d.before, day, 0);
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

/* The records of a part from `at` on; none if it is gone. */
static int
read_part(struct journal *j, const char *name, uint64_t at, size_t max,
    struct buf *out, size_t *used)
{
	struct file *f;
	char *octets;
	size_t got = 0;
	int rc = j->fs->ops->open(j->fs, name, 0, &f);

	*used = 0;
	if (rc < 0)
		return rc;
	octets = malloc(max);
	bug_if(!octets);
	rc = j->fs->ops->read(f, octets, max, at, &got);
	file_close(f);
	if (rc == 0)
		*used = take_records(str_make(octets, got), out);
	free(octets);
	return rc;
}

/* A place is the part in the upper half, and where in it. */
int
journal_read(struct journal *j, struct str day, uint64_t offset, size_t max,
    struct buf *out, uint64_t *next, struct err *err)
{
	const uint32_t part = (uint32_t)(offset >> PART_SHIFT);
	char name[NAME], text[DAY + 1] = "";
	struct parts later;
	size_t used;
	int rc;

	if (!day_is(day))
		return err_set(err, E_INVALID, "a day is like 2026-11-22");
	memcpy(text, day.p, DAY);
	part_name(name, text, part);
	rc = read_part(j, name, (uint32_t)offset, max, out, &used);
	if (rc < 0 && (rc != -ENOENT || part == 0))
		return err_set(err, rc == -ENOENT ? E_NOTFOUND : E_IO,
		    rc == -ENOENT ? "no journal of that day" :
		    "read the journal: failed");
	*next = offset + used;
	if (used > 0)
		return 0;
	later = parts_of(j, text, part);
	if (later.any)
		*next = (uint64_t)later.least << PART_SHIFT;
	return 0;
}
