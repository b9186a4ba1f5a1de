#include "admin/source_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 20, NAMES_AT_ONCE = 100000 };

struct walk {
	struct carrying *c;
	struct buf way;		/* below what was typed */
	struct err *err;
};

struct name_list VEC(char *);

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
names_free(struct name_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->p[i]);
	vec_free(l);
}

/* The next names of a folder, in order: 1, 0: there are no more. */
static int
names_next(DIR *d, struct name_list *l)
{
	struct dirent *f;
	char *copy;

	names_free(l);
	while (l->n < NAMES_AT_ONCE && (f = readdir(d))) {
		if (strcmp(f->d_name, ".") == 0 ||
		    strcmp(f->d_name, "..") == 0)
			continue;
		copy = strdup(f->d_name);
		bug_if(!copy);
		vec_push(l, copy);
	}
	if (l->n > 0)
		qsort(l->p, l->n, sizeof(*l->p), by_name);
	return l->n > 0;
}

static int
open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_CLOEXEC | O_DIRECTORY |
	    O_NOFOLLOW);
}

/* It cannot be opened: that is said, and what is beside it goes on. */
static void
say_why(struct walk *w, const char *name)
{
	auto_buf b = BUF_INIT(2 * CARRIER_NAME_MAX);

	buf_str(&b, buf_get(&w->way));
	if (b.n)
		buf_chr(&b, '/');
	buf_str(&b, str_c(name));
	carrying_problem(w->c, buf_get(&b), errno == ENOENT ?
	    "it was renamed meanwhile; call it again" : strerror(errno));
}

static int
give(struct walk *w, enum carrier_item item, const char *name, int fd,
    bool fresh, bool typed)
{
	struct carrier_next_answer next = { .item = item,
		.folder = buf_get(&w->way), .name = str_first(str_c(name),
		255), .fresh = fresh, .typed = typed };
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0) {
		next.size = (uint64_t)st.st_size;
		next.modified = st.st_mtime;
	}
	return carrying_give(w->c, &next, fd, w->err);
}

/* One file; what is no file is nothing. */
static int
give_file(struct walk *w, int at, const char *name, enum carrier_item item,
    bool fresh)
{
	int fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
	    O_NOFOLLOW | O_NOCTTY);
	struct stat st;
	int rc = 0;

	if (fd < 0) {
		if (errno != ELOOP && (errno != ENOENT ||
		    item == ITEM_MAILDIR))
			say_why(w, name);
		return 0;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		rc = give(w, item, name, fd, fresh, false);
	(void)close(fd);
	return rc;
}

/* All messages of cur, or of new. */
static int
give_messages(struct walk *w, int at, const char *name)
{
	int fd = open_folder(at, name), rc = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct name_list l = { 0 };

	while (d && rc == 0 && names_next(d, &l))
		for (size_t i = 0; i < l.n && rc == 0; i++)
			if (l.p[i][0] != '.')
				rc = give_file(w, fd, l.p[i], ITEM_MAILDIR,
				    name[0] == 'n');
	names_free(&l);
	if (d)
		(void)closedir(d);
	else if (fd >= 0)
		(void)close(fd);
	return rc;
}

static bool
is_maildir(int fd)
{
	struct stat st;

	return fstatat(fd, "cur", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode);
}

static int
give_maildir(struct walk *w, int fd)
{
	static const char *const lists[] = { "subscriptions",
		"courierimapsubscribed" };
	int rc = give(w, ITEM_FOLDER, "", -1, false, false);

	if (rc == 0)
		rc = give_file(w, fd, "dovecot-keywords", ITEM_KEYWORDS,
		    false);
	if (rc == 0)
		rc = give_file(w, fd, "dovecot-uidlist", ITEM_UIDLIST, false);
	if (rc == 0)
		rc = give_messages(w, fd, "cur");
	if (rc == 0)
		rc = give_messages(w, fd, "new");
	for (size_t i = 0; i < NELEM(lists) && rc == 0 && w->way.n == 0; i++)
		rc = give_file(w, fd, lists[i], ITEM_SUBSCRIPTIONS, false);
	return rc;
}

static int walk_folder(struct walk *w, int fd, int depth);

/* A folder with dots in front is one of Maildir++, or somebody's own. */
static int
walk_below(struct walk *w, int at, const char *name, int depth)
{
	size_t n = w->way.n, len = strlen(name);
	int fd = open_folder(at, name), rc = 0;

	if (fd < 0) {
		if (errno != ELOOP)
			say_why(w, name);
		return 0;
	}
	if (n + len + 2 > w->way.cap || depth > DEPTH_MAX) {
		carrying_problem(w->c, str_c(name), "it is too deep below");
	} else if (name[0] != '.' || is_maildir(fd)) {
		if (n)
			buf_chr(&w->way, '/');
		buf_str(&w->way, str_c(name));
		rc = walk_folder(w, fd, depth);
		w->way.n = n;
	}
	(void)close(fd);
	return rc;
}

static bool
is_own_of_maildir(const char *name)
{
	return strcmp(name, "cur") == 0 || strcmp(name, "new") == 0 ||
	    strcmp(name, "tmp") == 0;
}

static int
walk_one(struct walk *w, int fd, const char *name, bool maildir, int depth)
{
	struct stat st;

	if (maildir && is_own_of_maildir(name))
		return 0;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return walk_below(w, fd, name, depth + 1);
	/* What lies beside cur is what programs note for themselves. */
	if (maildir || name[0] == '.' || !S_ISREG(st.st_mode))
		return 0;
	return give_file(w, fd, name, ITEM_FILE, false);
}

static int
walk_folder(struct walk *w, int fd, int depth)
{
	bool maildir = is_maildir(fd);
	struct name_list l = { 0 };
	int rc = maildir ? give_maildir(w, fd) : 0;
	int again = open_folder(fd, ".");
	DIR *d = again < 0 ? NULL : fdopendir(again);

	while (d && rc == 0 && names_next(d, &l))
		for (size_t i = 0; i < l.n && rc == 0; i++)
			rc = walk_one(w, fd, l.p[i], maildir, depth);
	names_free(&l);
	if (d)
		(void)closedir(d);
	else if (again >= 0)
		(void)close(again);
	return rc;
}

int
source_walk(struct carrying *c, const char *path, struct err *err)
{
	struct walk w = { c, BUF_INIT(CARRIER_NAME_MAX), err };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc;
	const char *base = strrchr(path, '/');
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		rc = err_sys(err, E_NOTFOUND, "%.150s", path);
	} else if (S_ISDIR(st.st_mode)) {
		rc = walk_folder(&w, fd, 0);
	} else if (S_ISREG(st.st_mode)) {
		rc = give(&w, ITEM_FILE, base ? base + 1 : path, fd, false,
		    true);
	} else {
		rc = err_set(err, E_INVALID, "%.150s is neither a file nor a "
		    "folder", path);
	}
	if (fd >= 0)
		(void)close(fd);
	buf_free(&w.way);
	return rc;
}
