#include "admin/backup_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/timetext.h"
#include "base/vec.h"

enum { POINTS_MAX = 100000 };

int
backup_dir_failed(const struct backup_dir *d, const char *what,
    struct err *err)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return err_set(err, E_FULL, "no room is left in %s: the "
		    "backups before it are whole, and what was copied is kept "
		    "for the next one", d->path);
	return err_sys(err, E_IO, "%s/%s", d->path, what);
}

int
backup_dir_make(const struct backup_dir *d, const char *path, struct err *err)
{
	if (mkdirat(d->fd, path, 0700) < 0 && errno != EEXIST)
		return backup_dir_failed(d, path, err);
	return 0;
}

int
backup_dir_sync(const struct backup_dir *d, const char *path, struct err *err)
{
	int fd = openat(d->fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int rc = 0;

	if (fd < 0 || fsync(fd) < 0)
		rc = backup_dir_failed(d, path, err);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* ---- is it one ---------------------------------------------------------- */

static bool
is_empty(int fd)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *e;
	bool empty = dir != NULL;

	while (empty && (e = readdir(dir)))
		empty = str_eq(str_c(e->d_name), STR(".")) ||
		    str_eq(str_c(e->d_name), STR("..")) ||
		    str_eq(str_c(e->d_name), STR("lost+found"));
	if (dir)
		(void)closedir(dir);
	return empty;
}

static int
mark(const struct backup_dir *d, struct err *err)
{
	static const char text[] = "Made by postern backup. postern backup "
	    "list says what is in it.\n";
	int fd = openat(d->fd, "postern-backup", O_WRONLY | O_CREAT |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
	int rc = 0;

	if (fd < 0 || write(fd, text, sizeof(text) - 1) !=
	    (ssize_t)sizeof(text) - 1 || fsync(fd) < 0)
		rc = backup_dir_failed(d, "postern-backup", err);
	if (fd >= 0)
		(void)close(fd);
	return rc < 0 ? rc : backup_dir_sync(d, ".", err);
}

static int
make_folders(const struct backup_dir *d, struct err *err)
{
	if (backup_dir_make(d, "points", err) < 0 ||
	    backup_dir_make(d, "files", err) < 0)
		return err->code;
	return backup_dir_sync(d, ".", err);
}

/* Nobody else may put another one there: what is read of it is trusted as the
 * data folder is. */
static int
check_folder(const struct backup_dir *d, enum backup_dir_use use,
    struct err *err)
{
	struct stat st;

	if (fstat(d->fd, &st) < 0)
		return err_sys(err, E_IO, "%s", d->path);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return err_set(err, E_DENIED, "%s can be written by others: "
		    "chmod go-w", d->path);
	if (fstatat(d->fd, "postern-backup", &st, AT_SYMLINK_NOFOLLOW) == 0)
		return use == BACKUP_DIR_READ ? 0 : make_folders(d, err);
	if (use == BACKUP_DIR_READ)
		return err_set(err, E_NOTFOUND, "%s is no backup of Postern",
		    d->path);
	if (!is_empty(d->fd))
		return err_set(err, E_INVALID, "%s is no backup of Postern, "
		    "and not empty", d->path);
	return mark(d, err) < 0 ? err->code : make_folders(d, err);
}

/* Where it can only be read, nobody writes. */
static int
lock_folder(struct backup_dir *d, enum backup_dir_use use, struct err *err)
{
	int how = use == BACKUP_DIR_WRITE ? LOCK_EX : LOCK_SH;

	d->lock = openat(d->fd, "lock", use == BACKUP_DIR_WRITE ?
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW :
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (d->lock < 0 && use == BACKUP_DIR_READ)
		return 0;
	if (d->lock < 0)
		return backup_dir_failed(d, "lock", err);
	if (flock(d->lock, how | LOCK_NB) == 0)
		return 0;
	return err_set(err, E_BUSY, use == BACKUP_DIR_WRITE ?
	    "%s is in use by another postern backup or restore" :
	    "%s is being written by a postern backup: try again when it is "
	    "done", d->path);
}

int
backup_dir_open(struct backup_dir *d, const char *path,
    enum backup_dir_use use, struct arena *a, struct err *err)
{
	int rc;

	*d = (struct backup_dir){ .fd = -1, .lock = -1, .path = path };
	if (use == BACKUP_DIR_WRITE && mkdir(path, 0700) < 0 &&
	    errno != EEXIST)
		return err_sys(err, E_IO, "make %s", path);
	d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd < 0)
		return err_sys(err, E_NOTFOUND, "%s", path);
	rc = check_folder(d, use, err);
	if (rc == 0)
		rc = lock_folder(d, use, err);
	if (rc == 0)
		rc = backup_dir_list(d, a, err);
	if (rc < 0)
		backup_dir_close(d);
	return rc;
}

void
backup_dir_close(struct backup_dir *d)
{
	if (d->lock >= 0)
		(void)close(d->lock);
	if (d->fd >= 0)
		(void)close(d->fd);
	d->lock = d->fd = -1;
}

/* ---- its points --------------------------------------------------------- */

/* "2026-11-29T103837Z": no ':', which some file systems do not take. */
void
point_name_put(char out[POINT_NAME], int64_t at)
{
	struct civil c = civil_of(at);
	char text[80];

	(void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d%02d%02dZ",
	    c.year, c.month, c.day, c.hour, c.minute, c.second);
	memcpy(out, text, POINT_NAME - 1);
	out[POINT_NAME - 1] = '\0';
}

static bool
is_point(const char *name)
{
	static const char form[] = "dddd-dd-ddTddddddZ";
	size_t i;

	for (i = 0; form[i] && name[i]; i++)
		if (form[i] == 'd' ? !ascii_is_digit(name[i]) :
		    form[i] != name[i])
			return false;
	return !form[i] && !name[i];
}

static int
digits(const char *p, size_t n)
{
	int v = 0;

	while (n-- > 0)
		v = v * 10 + (*p++ - '0');
	return v;
}

int64_t
point_name_time(const char *name)
{
	struct civil c = { 0 };

	if (!is_point(name))
		return 0;
	c = (struct civil){ .year = digits(name, 4),
		.month = digits(name + 5, 2), .day = digits(name + 8, 2),
		.hour = digits(name + 11, 2), .minute = digits(name + 13, 2),
		.second = digits(name + 15, 2) };
	return c.year >= 1970 && civil_valid(&c) ? civil_time(&c) : 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int
backup_dir_list(struct backup_dir *d, struct arena *a, struct err *err)
{
	struct VEC(struct point_name) found = { 0 };
	int fd = openat(d->fd, "points", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char path[BACKUP_PATH];
	struct dirent *e;
	struct stat st;

	if (!dir)
		return err_sys(err, E_IO, "%s/points", d->path);
	while ((e = readdir(dir)) && found.n < POINTS_MAX) {
		(void)snprintf(path, sizeof(path), "points/%.40s/manifest",
		    e->d_name);
		if (!is_point(e->d_name) || fstatat(d->fd, path, &st,
		    AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		memset(vec_add(&found), 0, sizeof(struct point_name));
		memcpy(found.p[found.n - 1].text, e->d_name,
		    strlen(e->d_name));
	}
	(void)closedir(dir);
	d->npoints = found.n;
	d->points = arena_array(a, found.n + 1, sizeof(*d->points));
	if (found.n) {
		memcpy(d->points, found.p, found.n * sizeof(*d->points));
		qsort(d->points, found.n, sizeof(*d->points), by_name);
	}
	vec_free(&found);
	return 0;
}

/* As much of a name as was typed, which ends where a part of it does; 0 if it
 * is no time. What is not typed is as here. */
static size_t
typed_time(const char *when, char out[POINT_NAME])
{
	static const unsigned char ends[] = { 4, 7, 10, 13, 15, 17 };
	size_t n = 0;

	(void)snprintf(out, POINT_NAME, "1970-01-01T000000Z");
	for (; *when && !(*when == 'Z' && !when[1]); when++) {
		if (*when == ':')
			continue;
		if (n == ends[NELEM(ends) - 1])
			return 0;
		out[n++] = *when == ' ' ? 'T' : *when;
	}
	return memchr(ends, (int)n, sizeof(ends)) && point_name_time(out) > 0 ?
	    n : 0;
}

int
backup_dir_find(const struct backup_dir *d, const char *when,
    const char **point, struct err *err)
{
	char typed[POINT_NAME];
	size_t n = when ? typed_time(when, typed) : 0;

	if (when && n == 0)
		return err_set(err, E_INVALID, "--at wants a time like "
		    "2026-11-29 or 2026-11-29T10:38");
	*point = NULL;
	for (size_t i = 0; i < d->npoints; i++)
		if (n == 0 || strncmp(d->points[i].text, typed, n) <= 0)
			*point = d->points[i].text;
	if (*point)
		return 0;
	return err_set(err, E_NOTFOUND, d->npoints ? "%s has no backup of that "
	    "time or before: see postern backup list" : "%s has no backup "
	    "that came to its end", d->path);
}

static int
read_whole(const struct backup_dir *d, const char *path, char **text,
    size_t *n, struct err *err)
{
	int fd = openat(d->fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK), rc = 0;
	size_t at = 0;
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return err_sys(err, E_IO, "%s/%s", d->path, path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > MANIFEST_OCTETS_MAX)
		rc = err_set(err, E_DAMAGED, "%s/%s is none", d->path, path);
	*n = rc < 0 ? 0 : (size_t)st.st_size;
	*text = malloc(*n + 1);
	bug_if(!*text);
	while (rc == 0 && at < *n) {
		got = pread(fd, *text + at, *n - at, (off_t)at);
		if (got <= 0)
			rc = err_sys(err, E_IO, "%s/%s", d->path, path);
		else
			at += (size_t)got;
	}
	(void)close(fd);
	return rc;
}

int
backup_dir_manifest(const struct backup_dir *d, const char *point,
    struct manifest *m, char **text, struct err *err)
{
	char path[BACKUP_PATH];
	size_t n = 0;
	int rc;

	*text = NULL;
	(void)snprintf(path, sizeof(path), "points/%s/manifest", point);
	rc = read_whole(d, path, text, &n, err);
	if (rc == 0 && manifest_read(str_make(*text, n), m, err) < 0)
		rc = err_set(err, E_DAMAGED, "%s/%s is damaged", d->path,
		    path);
	if (rc < 0) {
		free(*text);
		*text = NULL;
	}
	return rc;
}

void
backup_dir_file(char out[BACKUP_PATH], const struct manifest *m,
    const char *point, const struct manifest_file *f)
{
	if (f->of.kind == BACKUP_database || f->of.kind == BACKUP_key)
		(void)snprintf(out, BACKUP_PATH, "points/%s/%.*s", point,
		    STR_FMT(f->name));
	else
		(void)snprintf(out, BACKUP_PATH, "files/%016llx/%.*s",
		    (unsigned long long)m->folder, STR_FMT(f->name));
}
