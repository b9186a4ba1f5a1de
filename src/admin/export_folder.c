#include "admin/export_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

struct export_folder {
	int root;
	int folder;		/* the one at work; -1: none */
	struct buf way;		/* to it */
	int file;		/* the one that is written; -1 */
	char name[256];
	bool message;		/* it is in tmp */
	int64_t modified;
};

/* ---- folders ---------------------------------------------------------- */

static int
open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_CLOEXEC | O_DIRECTORY |
	    O_NOFOLLOW);
}

/* A level as a NUL-terminated name. */
static int
level_name(struct str level, char name[256], struct err *err)
{
	if (level.n == 0 || level.n > 255 || str_eq(level, STR(".")) ||
	    str_eq(level, STR("..")) || str_chr(level, '/') < level.n ||
	    str_chr(level, '\0') < level.n)
		return err_set(err, E_INVALID, "no name of a file");
	memcpy(name, level.p, level.n);
	name[level.n] = '\0';
	return 0;
}

/* One level down, made if it is not there; *at is closed. */
static int
go_down(int *at, struct str level, struct err *err)
{
	char name[256];
	int fd, rc = level_name(level, name, err);

	if (rc == 0 && mkdirat(*at, name, 0700) < 0 && errno != EEXIST)
		rc = err_sys(err, E_IO, "make the folder %s", name);
	fd = rc < 0 ? -1 : open_folder(*at, name);
	if (rc == 0 && fd < 0)
		rc = err_sys(err, errno == ENOTDIR ? E_EXISTS : E_IO,
		    "open the folder %s", name);
	(void)close(*at);
	*at = fd;
	return rc;
}

static int
go_to(struct export_folder *x, struct str way, struct err *err)
{
	struct str level, rest = way;
	bool more = way.n > 0;
	int fd, rc = 0;

	if (x->folder >= 0 && str_eq(way, buf_get(&x->way)))
		return 0;
	fd = open_folder(x->root, ".");
	if (fd < 0)
		return err_sys(err, E_IO, "the folder");
	while (more && rc == 0) {
		more = str_cut(rest, '/', &level, &rest);
		rc = go_down(&fd, level, err);
	}
	if (rc < 0)
		return rc;
	if (x->folder >= 0)
		(void)close(x->folder);
	x->folder = fd;
	buf_reset(&x->way);
	buf_str(&x->way, way);
	return 0;
}

static int
make_maildir(struct export_folder *x, struct err *err)
{
	static const char *const parts[] = { "cur", "new", "tmp" };

	for (size_t i = 0; i < NELEM(parts); i++)
		if (mkdirat(x->folder, parts[i], 0700) < 0 && errno != EEXIST)
			return err_sys(err, E_IO, "make the folder %s",
			    parts[i]);
	return 0;
}

/* ---- files ------------------------------------------------------------ */

/* What a file that is no message is called until it is whole: as no folder of
 * Maildir++ can be, nor an mbox, and import passes it over. */
#define UNFINISHED "..unfinished"

static void
path_of(const struct export_folder *x, bool whole, char path[300])
{
	if (x->message)
		(void)snprintf(path, 300, "%s%s", whole ? "cur/" : "tmp/",
		    x->name);
	else
		(void)snprintf(path, 300, "%s", whole ? x->name : UNFINISHED);
}

/* The last one was not written to its end. */
static void
drop_file(struct export_folder *x)
{
	char path[300];

	if (x->file < 0)
		return;
	(void)close(x->file);
	x->file = -1;
	path_of(x, false, path);
	(void)unlinkat(x->folder, path, 0);
}

static int
begin_file(struct export_folder *x, const struct carrier_write_ask *w,
    struct err *err)
{
	char path[300];
	int rc;

	drop_file(x);
	if ((rc = go_to(x, w->folder, err)) < 0 ||
	    (rc = level_name(w->name, x->name, err)) < 0)
		return rc;
	if (w->what == WRITE_FOLDER)
		return make_maildir(x, err);
	x->message = w->what == WRITE_MESSAGE;
	x->modified = w->modified;
	path_of(x, false, path);
	x->file = openat(x->folder, path, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	return x->file < 0 ? err_sys(err, errno == EEXIST ? E_EXISTS : E_IO,
	    "make the file %.150s", path) : 0;
}

static int
write_all(int fd, struct str octets, struct err *err)
{
	while (octets.n > 0) {
		ssize_t n = write(fd, octets.p, octets.n);

		if (n < 0 && errno != EINTR)
			return err_sys(err, E_IO, "write");
		octets = str_from(octets, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

/* It takes its name once it is whole, and never another one's place. By a link
 * if it is a message; an mbox may go to a disk that has none (FAT). */
static int
place_file(struct export_folder *x, const char *from, const char *to,
    struct err *err)
{
	int rc;

	if (x->message) {
		rc = linkat(x->folder, from, x->folder, to, 0);
	} else if (faccessat(x->folder, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		rc = -1;
	} else {
		rc = renameat(x->folder, from, x->folder, to);
	}
	return rc < 0 ? err_sys(err, errno == EEXIST ? E_EXISTS : E_IO,
	    "make the file %.150s", to) : 0;
}

static int
end_file(struct export_folder *x, struct err *err)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = x->modified } };
	char from[300], to[300];
	int rc = 0;

	if (x->modified && futimens(x->file, times) < 0)
		rc = err_sys(err, E_IO, "set a time");
	/* Of messages there are too many for that: export_folder_sync(). */
	if (rc == 0 && !x->message && fsync(x->file) < 0)
		rc = err_sys(err, E_IO, "sync");
	(void)close(x->file);
	x->file = -1;
	path_of(x, false, from);
	path_of(x, true, to);
	if (rc == 0)
		rc = place_file(x, from, to, err);
	(void)unlinkat(x->folder, from, 0);
	return rc;
}

int
export_folder_write(struct export_folder *x,
    const struct carrier_write_ask *w, struct err *err)
{
	int rc = w->begin ? begin_file(x, w, err) : 0;

	if (rc < 0 || w->what == WRITE_FOLDER)
		return rc;
	if (x->file < 0)
		return err_set(err, E_INVALID, "no file was begun");
	rc = write_all(x->file, w->octets, err);
	return rc == 0 && w->end ? end_file(x, err) : rc;
}

/* ---- all of it --------------------------------------------------------- */

static int
check_empty(int fd, const char *path, struct err *err)
{
	int again = open_folder(fd, "."), n = 0;
	DIR *d = again < 0 ? NULL : fdopendir(again);

	if (!d) {
		if (again >= 0)
			(void)close(again);
		return err_sys(err, E_IO, "%.150s", path);
	}
	while (readdir(d))
		n++;
	(void)closedir(d);
	return n <= 2 ? 0 : err_set(err, E_EXISTS, "%.150s is not empty",
	    path);
}

int
export_folder_open(const char *path, struct export_folder **out,
    struct err *err)
{
	struct export_folder *x;
	int fd;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_sys(err, E_IO, "make the folder %.150s", path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (fd < 0)
		return err_sys(err, E_NOTFOUND, "%.150s", path);
	if (check_empty(fd, path, err) < 0) {
		(void)close(fd);
		return err->code;
	}
	x = calloc(1, sizeof(*x));
	bug_if(!x);
	x->root = fd;
	x->folder = x->file = -1;
	x->way = BUF_INIT(CARRIER_NAME_MAX);
	*out = x;
	return 0;
}

int
export_folder_sync(struct export_folder *x, struct err *err)
{
	return syncfs(x->root) < 0 ? err_sys(err, E_IO, "sync") : 0;
}

void
export_folder_close(struct export_folder *x)
{
	if (!x)
		return;
	drop_file(x);
	if (x->folder >= 0)
		(void)close(x->folder);
	(void)close(x->root);
	buf_free(&x->way);
	free(x);
}
