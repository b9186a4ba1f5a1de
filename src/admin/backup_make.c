#include "admin/backup_make.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/backup_known.h"
#include "admin/backup_zstd.h"
#include "admin/progress.h"
#include "base/crc32c.h"

enum { TAIL = 4096, PUT_AT = 64 * 1024, NAME = 64 };

struct wanted {
	char name[NAME];
	uint64_t octets;
};

struct making {
	struct admin *a;
	struct operator *op;
	struct backup_dir *d;
	const struct backup_how *how;
	struct backup_made *out;
	struct arena *answers;
	struct backup_begin_answer begun;
	struct backup_known known;
	struct VEC(struct wanted) wanted;
	char folder[40];	/* files/0123456789abcdef */
	int manifest, copied;	/* descriptors */
	struct buf lines;	/* of the manifest, that wait */
	uint32_t crc;		/* of all before them */
	struct progress progress;
	uint64_t done, all;	/* octets to be copied */
	char tail[TAIL];
};

/* ---- what is written ----------------------------------------------------- */

static int
write_whole(const struct backup_dir *d, int fd, struct str s,
    const char *path, struct err *err)
{
	ssize_t n;

	for (; s.n > 0; s = str_from(s, (size_t)n)) {
		n = write(fd, s.p, s.n);
		if (n < 0)
			return backup_dir_failed(d, path, err);
	}
	return 0;
}

static int
flush_lines(struct making *m, struct err *err)
{
	struct str lines = buf_get(&m->lines);
	int rc = write_whole(m->d, m->manifest, lines, "unfinished/manifest",
	    err);

	m->crc = crc32c(m->crc, lines.p, lines.n);
	buf_reset(&m->lines);
	return rc;
}

static int
note_file(struct making *m, const struct manifest_file *f, struct err *err)
{
	m->out->files++;
	m->out->octets += f->octets;
	manifest_put_file(&m->lines, f);
	return m->lines.n > PUT_AT ? flush_lines(m, err) : 0;
}

/* Should this run be ended, the next knows that so much of it is there. */
static int
note_copied(struct making *m, const struct manifest_file *f, struct err *err)
{
	auto_buf line = BUF_INIT(400);

	m->out->copied_files++;
	backup_known_put(&m->known, f);
	manifest_put_file(&line, f);
	return write_whole(m->d, m->copied, buf_get(&line), m->folder, err);
}

/* ---- a file of store ----------------------------------------------------- */

/* Where octets of a file go: *f says how many of it there are, and their
 * checksum. */
struct fetching {
	struct making *m;
	int fd;
	const char *path;
	struct manifest_file *f;
};

static int
put_fetched(void *arg, struct str octets, struct err *err)
{
	struct fetching *x = arg;
	int rc = write_whole(x->m->d, x->fd, octets, x->path, err);

	x->f->crc = crc32c(x->f->crc, octets.p, octets.n);
	x->f->octets += octets.n;
	x->m->out->copied_octets += octets.n;
	return rc;
}

/* Octets [from, octets) of a file there, as they are or through zstd; fewer if
 * it ends before. */
static int
fetch_into(struct fetching *x, struct backup_zstd *zstd, struct str name,
    uint64_t from, uint64_t octets, struct err *err)
{
	struct making *m = x->m;
	struct backup_read_ask ask = { name, from, 0 };
	struct backup_read_answer answer;
	int rc = 0;

	while (rc == 0 && ask.offset < octets) {
		arena_reset(m->answers);
		ask.most = octets - ask.offset < MSG_CHUNK ?
		    (uint32_t)(octets - ask.offset) : MSG_CHUNK;
		rc = operator_store(m->op, STORE_backup_read, &ask, &answer,
		    err);
		if (rc < 0 || answer.octets.n == 0)
			break;
		rc = zstd ? backup_zstd_put(zstd, answer.octets, err) :
		    put_fetched(x, answer.octets, err);
		ask.offset += answer.octets.n;
		m->done += answer.octets.n;
		progress_tell(&m->progress, "%llu of %llu MB",
		    (unsigned long long)(m->done >> 20),
		    (unsigned long long)(m->all >> 20));
	}
	if (rc == 0 && zstd)
		rc = backup_zstd_end(zstd, err);
	if (rc == 0 && fsync(x->fd) < 0)
		rc = backup_dir_failed(m->d, x->path, err);
	return rc;
}

/* What is missing of it in fd, at its end. */
static int
fetch(struct making *m, int fd, const char *path, uint64_t octets,
    struct manifest_file *f, struct err *err)
{
	struct fetching x = { m, fd, path, f };
	struct backup_zstd *zstd = f->packed ? backup_zstd_new(m->how->level,
	    put_fetched, &x) : NULL;
	struct str name = f->packed ? STR("postern.db") : f->name;
	int rc = fetch_into(&x, zstd, name, f->octets, octets, err);

	backup_zstd_free(zstd);
	return rc;
}

/* All of it, under another name first. */
static int
fetch_new(struct making *m, const char *path, uint64_t octets,
    struct manifest_file *f, struct err *err)
{
	char part[BACKUP_PATH + 8];
	int fd, rc;

	(void)snprintf(part, sizeof(part), "%s.part", path);
	fd = openat(m->d->fd, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd < 0)
		return backup_dir_failed(m->d, part, err);
	f->octets = 0;
	f->crc = 0;
	rc = fetch(m, fd, path, octets, f, err);
	(void)close(fd);
	if (rc == 0 && renameat(m->d->fd, part, m->d->fd, path) < 0)
		rc = backup_dir_failed(m->d, path, err);
	if (rc < 0)
		(void)unlinkat(m->d->fd, part, 0);
	return rc;
}

/* Are the last octets of what is here those of the file there? If not, that is
 * not what it was any more. 1, 0 or E_*. */
static int
is_same(struct making *m, int fd, struct str name,
    const struct known_file *k, struct err *err)
{
	size_t n = k->octets < TAIL ? (size_t)k->octets : TAIL;
	struct backup_read_ask ask = { name, k->octets - n, (uint32_t)n };
	struct backup_read_answer answer;
	int rc;

	arena_reset(m->answers);
	rc = operator_store(m->op, STORE_backup_read, &ask, &answer, err);
	if (rc < 0)
		return rc;
	return answer.octets.n == n && pread(fd, m->tail, n,
	    (off_t)ask.offset) == (ssize_t)n &&
	    memcmp(m->tail, answer.octets.p, n) == 0;
}

/* The file is here as far as *f says, and has more there. */
static int
fetch_more(struct making *m, int fd, const char *path, uint64_t octets,
    struct manifest_file *f, struct err *err)
{
	/* What a run that was ended left behind it is nobody's. */
	if (ftruncate(fd, (off_t)f->octets) < 0 ||
	    lseek(fd, 0, SEEK_END) != (off_t)f->octets)
		return backup_dir_failed(m->d, path, err);
	return fetch(m, fd, path, octets, f, err);
}

static int
refuse_other(struct str name, struct err *err)
{
	return err_set(err, E_INVALID, "%.*s has other octets than the backup "
	    "of it: this data folder was put back by other means than postern "
	    "restore. Take another folder for its backups", STR_FMT(name));
}

static void
tell_problem(struct making *m, struct str name, const char *what)
{
	m->out->problems++;
	progress_end(&m->progress);
	fprintf(stderr, "postern backup: store/%.*s %s (postern verify says "
	    "more)\n", STR_FMT(name), what);
}

/* What is known to be here, where the file there may say otherwise. A large
 * blob is written once, under a number of its own; of a journal there may be
 * less, after a loss of power; and what is gone there is still here. 1: go on
 * behind it, 0: it is all there is to have, or E_*. */
static int
compare_known(struct making *m, int fd, uint64_t octets,
    const struct known_file *k, const struct manifest_file *f, struct err *err)
{
	int rc = f->of.kind == BACKUP_blob ? 1 : is_same(m, fd, f->name, k,
	    err);

	if (rc == E_NOTFOUND && k->octets >= octets) {
		tell_problem(m, f->name, "is gone; the backup has it");
		return 0;
	}
	if (rc < 0)
		return rc;
	if (f->of.kind == BACKUP_journal)
		return rc && k->octets < octets;
	if (rc == 0 || k->octets > octets)
		return refuse_other(f->name, err);
	return k->octets < octets;
}

/* A file of which something is known to be here: what is missing of it. 1: it
 * has to be copied anew, for nothing is here after all. */
static int
fetch_rest(struct making *m, const char *path, uint64_t octets,
    struct manifest_file *f, struct err *err)
{
	const struct known_file *k = backup_known_find(&m->known, &f->of);
	struct stat st;
	int fd, rc = 1;

	if (!k)
		return 1;
	fd = openat(m->d->fd, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return 1;
	if (fstat(fd, &st) == 0 && (uint64_t)st.st_size >= k->octets) {
		f->octets = k->octets;
		f->crc = k->crc;
		rc = compare_known(m, fd, octets, k, f, err);
		if (rc == 1)
			rc = fetch_more(m, fd, path, octets, f, err);
	}
	(void)close(fd);
	return rc;
}

static int
take_shared(struct making *m, const struct wanted *w, struct err *err)
{
	struct manifest_file f = { .name = str_c(w->name) };
	uint64_t before = m->out->copied_octets;
	char path[BACKUP_PATH];
	int rc;

	f.of = backup_name_of(f.name);
	(void)snprintf(path, sizeof(path), "%s/%s", m->folder, w->name);
	rc = fetch_rest(m, path, w->octets, &f, err);
	if (rc == 1)
		rc = fetch_new(m, path, w->octets, &f, err);
	if (rc == E_NOTFOUND) {
		if (f.of.kind != BACKUP_journal)
			tell_problem(m, f.name, "is gone");
		return 0;
	}
	if (rc < 0)
		return rc;
	if (f.octets < w->octets && f.of.kind != BACKUP_journal)
		tell_problem(m, f.name, "is shorter than it was");
	if (m->out->copied_octets != before)
		rc = note_copied(m, &f, err);
	return rc < 0 ? rc : note_file(m, &f, err);
}

/* ---- the point ----------------------------------------------------------- */

static int
list_wanted(struct making *m, struct err *err)
{
	char cursor[65] = "";
	struct backup_files_ask ask;
	struct backup_files_answer answer;
	struct backup_row row;

	do {
		struct rd r;

		arena_reset(m->answers);
		ask.cursor = str_c(cursor);
		if (operator_store(m->op, STORE_backup_files, &ask, &answer,
		    err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 && msg_take(&r, &backup_row_shape,
		    &row)) {
			struct wanted *w = vec_add(&m->wanted);

			(void)snprintf(w->name, sizeof(w->name), "%.*s",
			    STR_FMT(row.name));
			w->octets = row.octets;
		}
		(void)snprintf(cursor, sizeof(cursor), "%.*s",
		    STR_FMT(answer.next));
	} while (cursor[0]);
	return 0;
}

static int
copy_database(struct making *m, struct err *err)
{
	struct backup_copy_ask ask = { 0 };
	struct backup_copy_answer answer;

	do {
		arena_reset(m->answers);
		if (operator_store(m->op, STORE_backup_copy, &ask, &answer,
		    err) < 0)
			return err->code;
		progress_tell(&m->progress, "postern.db: %llu of %llu pages",
		    (unsigned long long)(answer.all - answer.left),
		    (unsigned long long)answer.all);
	} while (answer.left > 0);
	return 0;
}

static int
take_database(struct making *m, struct err *err)
{
	struct manifest_file f = { .name = STR("postern.db") };
	uint64_t before = m->out->copied_octets;
	int rc = copy_database(m, err);

	if (m->how->level > 0)
		f = (struct manifest_file){ .name = STR(MANIFEST_PACKED),
			.packed = true };
	if (rc == 0)
		rc = fetch_new(m, f.packed ? "unfinished/" MANIFEST_PACKED :
		    "unfinished/postern.db", UINT64_MAX, &f, err);
	if (rc < 0)
		return rc;
	m->out->copied_files += m->out->copied_octets != before;
	return note_file(m, &f, err);
}

static int
take_key(struct making *m, int key, struct err *err)
{
	struct manifest_file f = { .name = STR("vault.key") };
	char octets[1024];
	ssize_t n = pread(key, octets, sizeof(octets), 0);
	int fd, rc;

	if (n < 0)
		return err_sys(err, E_IO, "read vault.key");
	fd = openat(m->d->fd, "unfinished/vault.key", O_WRONLY | O_CREAT |
	    O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return backup_dir_failed(m->d, "vault.key", err);
	rc = write_whole(m->d, fd, str_make(octets, (size_t)n), "vault.key",
	    err);
	if (rc == 0 && fsync(fd) < 0)
		rc = backup_dir_failed(m->d, "vault.key", err);
	(void)close(fd);
	f.octets = (uint64_t)n;
	f.crc = crc32c(0, octets, (size_t)n);
	return rc < 0 ? rc : note_file(m, &f, err);
}

static int
open_to_write(struct making *m, const char *path, int flags, int *fd,
    struct err *err)
{
	*fd = openat(m->d->fd, path, O_WRONLY | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | flags, 0600);
	return *fd < 0 ? backup_dir_failed(m->d, path, err) : 0;
}

static int
make_folders(struct making *m, struct err *err)
{
	static const char *const below[] = { "", "/packs", "/blobs",
		"/journal" };
	char path[BACKUP_PATH];
	int rc = backup_dir_make(m->d, "unfinished", err);

	for (size_t i = 0; i < NELEM(below) && rc == 0; i++) {
		(void)snprintf(path, sizeof(path), "%s%s", m->folder,
		    below[i]);
		rc = backup_dir_make(m->d, path, err);
	}
	if (rc < 0)
		return rc;
	/* Of a run that was ended. */
	(void)unlinkat(m->d->fd, "unfinished/vault.key", 0);
	(void)unlinkat(m->d->fd, "unfinished/postern.db", 0);
	(void)unlinkat(m->d->fd, "unfinished/postern.db.part", 0);
	(void)unlinkat(m->d->fd, "unfinished/" MANIFEST_PACKED, 0);
	(void)unlinkat(m->d->fd, "unfinished/" MANIFEST_PACKED ".part", 0);
	(void)snprintf(path, sizeof(path), "%s/copied", m->folder);
	rc = open_to_write(m, path, O_APPEND, &m->copied, err);
	return rc < 0 ? rc : open_to_write(m, "unfinished/manifest", O_TRUNC,
	    &m->manifest, err);
}

/* Names hold before the manifest has its place. */
static int
sync_folders(struct making *m, struct err *err)
{
	static const char *const below[] = { "/packs", "/blobs", "/journal",
		"" };
	char path[BACKUP_PATH];
	int rc = 0;

	for (size_t i = 0; i < NELEM(below) && rc == 0; i++) {
		(void)snprintf(path, sizeof(path), "%s%s", m->folder,
		    below[i]);
		rc = backup_dir_sync(m->d, path, err);
	}
	if (rc == 0)
		rc = backup_dir_sync(m->d, "files", err);
	return rc < 0 ? rc : backup_dir_sync(m->d, "unfinished", err);
}

/* From then on it is one. Names only grow, whatever the clock does: the last
 * one is the newest. */
static int
place_point(struct making *m, struct err *err)
{
	const struct backup_dir *d = m->d;
	char path[BACKUP_PATH];
	int64_t at = m->begun.at, last;

	last = d->npoints ? point_name_time(d->points[d->npoints - 1].text) :
	    0;
	point_name_put(m->out->point, at > last ? at : last + 1);
	(void)snprintf(path, sizeof(path), "points/%s", m->out->point);
	if (renameat(m->d->fd, "unfinished", m->d->fd, path) < 0)
		return backup_dir_failed(m->d, path, err);
	return backup_dir_sync(m->d, "points", err) < 0 ? err->code :
	    backup_dir_sync(m->d, ".", err);
}

static int
end_manifest(struct making *m, struct err *err)
{
	char path[BACKUP_PATH];
	int rc = flush_lines(m, err);

	manifest_put_end(&m->lines, m->out->files, m->crc);
	if (rc == 0)
		rc = flush_lines(m, err);
	if (rc == 0 && fsync(m->manifest) < 0)
		rc = backup_dir_failed(m->d, "unfinished/manifest", err);
	if (rc == 0)
		rc = sync_folders(m, err);
	if (rc == 0)
		rc = place_point(m, err);
	if (rc < 0)
		return rc;
	(void)snprintf(path, sizeof(path), "%s/copied", m->folder);
	(void)unlinkat(m->d->fd, path, 0);
	return 0;
}

static void
count_work(struct making *m)
{
	for (size_t i = 0; i < m->wanted.n; i++) {
		struct backup_name n = backup_name_of(str_c(
		    m->wanted.p[i].name));
		const struct known_file *k = backup_known_find(&m->known, &n);
		uint64_t there = k ? k->octets : 0;

		if (there < m->wanted.p[i].octets)
			m->all += m->wanted.p[i].octets - there;
	}
	m->done = 0;
}

static int
make_point(struct making *m, struct err *err)
{
	struct manifest head = { .folder = m->begun.folder,
		.fence = m->begun.fence, .version = m->begun.version,
		.at = (uint64_t)m->begun.at };
	int rc = make_folders(m, err);

	if (rc < 0)
		return rc;
	manifest_put_head(&m->lines, &head);
	backup_known_read(&m->known, m->d, m->begun.folder);
	rc = list_wanted(m, err);
	if (rc == 0)
		rc = take_database(m, err);
	if (rc == 0 && m->how->key >= 0)
		rc = take_key(m, m->how->key, err);
	count_work(m);
	for (size_t i = 0; i < m->wanted.n && rc == 0; i++)
		rc = take_shared(m, &m->wanted.p[i], err);
	return rc < 0 ? rc : end_manifest(m, err);
}

int
backup_make(struct admin *a, struct operator *op, struct backup_dir *d,
    const struct backup_how *how, struct backup_made *out, struct err *err)
{
	struct making *m = arena_new_of(a->memory, struct making);
	struct backup_begin_ask ask = { 0 };
	struct arena *before;
	int rc;

	*out = (struct backup_made){ 0 };
	*m = (struct making){ .a = a, .op = op, .d = d, .how = how, .out = out,
		.answers = arena_new(4 << 20), .manifest = -1, .copied = -1,
		.lines = BUF_INIT(1 << 20) };
	progress_begin(&m->progress);
	rc = operator_store(op, STORE_backup_begin, &ask, &m->begun, err);
	before = operator_answers_in(op, m->answers);
	if (rc == 0) {
		(void)snprintf(m->folder, sizeof(m->folder),
		    "files/%016llx", (unsigned long long)m->begun.folder);
		rc = make_point(m, err);
	}
	(void)operator_answers_in(op, before);
	progress_end(&m->progress);
	if (m->manifest >= 0)
		(void)close(m->manifest);
	if (m->copied >= 0)
		(void)close(m->copied);
	backup_known_free(&m->known);
	vec_free(&m->wanted);
	buf_free(&m->lines);
	arena_free(m->answers);
	return rc;
}
