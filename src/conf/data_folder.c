#include "conf/data_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

enum { LINKS_MAX = 40, LINK_OCTETS = 4000, WALK_MEMORY = 4 << 20,
	SHOWN_OCTETS = 110 };

/* A walk from the root folder to the data folder. */
struct folder_walk {
	struct arena *memory;
	const char *path;	/* as it was asked for */
	enum data_folder_use use;
	struct str left;
	int at;			/* the folder that was reached */
	unsigned links;
	bool made;
};

static bool
is_trusted(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

/* Where it really is, links followed: what to write behind chmod. A long one
 * is shown by its last name, so that what is said of it has room. */
static const char *
folder_path(struct folder_walk *w, int fd, struct str name)
{
	char *to = arena_alloc(w->memory, SHOWN_OCTETS), proc[40];
	ssize_t n;

	(void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	n = readlink(proc, to, SHOWN_OCTETS - 1);
	if (n <= 0 || n == SHOWN_OCTETS - 1)
		return str_dupz(w->memory, str_first(name, 60));
	to[n] = '\0';
	return to;
}

/* Those whom nothing keeps from writing into it. */
static mode_t
open_to_others(const struct stat *st)
{
	mode_t others = st->st_mode & (S_IWGRP | S_IWOTH);

	/* The group that only root, or only its user, is in. */
	if (st->st_gid == 0 || (geteuid() != 0 && st->st_gid == getegid() &&
	    st->st_uid == geteuid()))
		others &= ~(mode_t)S_IWGRP;
	return S_ISDIR(st->st_mode) ? others : 0;
}

/* A folder on the way, or a link. The last folder is looked at when it is
 * known what it is: check_modes(). */
static int
check_step(struct folder_walk *w, int fd, const struct stat *st,
    struct str name, bool last, struct err *err)
{
	if (!is_trusted(st->st_uid))
		return err_set(err, E_DENIED, "%s, on the way to the data "
		    "folder, belongs to user %u, who could exchange it: run "
		    "this as that user, or move the data folder",
		    folder_path(w, fd, name), (unsigned)st->st_uid);
	if (!last && open_to_others(st) && !(st->st_mode & S_ISVTX))
		return err_set(err, E_DENIED, "%s, on the way to the data "
		    "folder, can be written by others: chmod +t keeps what is "
		    "in it, chmod go-w keeps them out",
		    folder_path(w, fd, name));
	return 0;
}

static int
walk_from_root(struct folder_walk *w, struct err *err)
{
	if (w->at >= 0)
		(void)close(w->at);
	w->at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return w->at < 0 ? err_sys(err, E_IO, "/") : 0;
}

static int
follow_link(struct folder_walk *w, int link, struct err *err)
{
	char *to = arena_alloc(w->memory, LINK_OCTETS);
	ssize_t n = readlinkat(link, "", to, LINK_OCTETS);

	if (n <= 0 || n == LINK_OCTETS || ++w->links > LINKS_MAX)
		return err_set(err, E_LIMIT, "%s: too many links, or one that "
		    "is too long", w->path);
	w->left = arena_printf(w->memory, "%.*s/%.*s", (int)n, to,
	    STR_FMT(w->left));
	return to[0] == '/' ? walk_from_root(w, err) : 0;
}

/* The next folder on the way, opened; the last one is made if that is
 * wished. */
static int
open_step(struct folder_walk *w, const char *name, bool last, struct err *err)
{
	const int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(w->at, name, flags);
	mode_t mask;

	if (fd < 0 && errno == ENOENT && last && w->use == DATA_FOLDER_MAKE) {
		/* At once as it is to be: local programs come through here
		 * to submit/, and see not even the names of the rest. */
		mask = umask(0);
		w->made = mkdirat(w->at, name, 0711) == 0;
		(void)umask(mask);
		if (!w->made)
			return err_sys(err, E_IO, "make data folder %s",
			    w->path);
		fd = openat(w->at, name, flags);
	}
	if (fd < 0 && errno == ENOENT)
		return err_set(err, E_NOTFOUND, "there is no data folder %s; "
		    "postern run makes one, or the first domain add",
		    w->path);
	return fd < 0 ? err_sys(err, E_DENIED, "data folder %s", w->path) :
	    fd;
}

static int
walk_step(struct folder_walk *w, struct str name, bool last, struct err *err)
{
	int fd = open_step(w, str_dupz(w->memory, name), last, err), rc = 0;
	struct stat st = { 0 };

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		rc = err_sys(err, E_IO, "data folder %s", w->path);
	else if (!S_ISLNK(st.st_mode) && !S_ISDIR(st.st_mode))
		rc = err_set(err, E_INVALID, "%s is no folder", w->path);
	else
		rc = check_step(w, fd, &st, name, last, err);
	if (rc == 0 && S_ISLNK(st.st_mode)) {
		rc = follow_link(w, fd, err);
	} else if (rc == 0) {
		(void)close(w->at);
		w->at = fd;
		return 0;
	}
	(void)close(fd);
	return rc;
}

static int
walk_there(struct folder_walk *w, struct err *err)
{
	struct str name, rest;

	if (walk_from_root(w, err) < 0)
		return err->code;
	while (w->left.n > 0) {
		(void)str_cut(w->left, '/', &name, &w->left);
		rest = w->left;
		while (rest.n > 0 && (rest.p[0] == '/' || str_eq(rest,
		    STR(".")) || str_starts(rest, STR("./"))))
			rest = str_from(rest, 1);
		if (name.n == 0 || str_eq(name, STR(".")))
			continue;
		if (walk_step(w, name, rest.n == 0, err) < 0)
			return err->code;
	}
	return 0;
}

/* ---- what is in it ------------------------------------------------------- */

static bool
has_kind(int folder, const char *name, mode_t kind)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (st.st_mode & S_IFMT) == kind;
}

/* Nothing but what is made first, and what a new file system has. */
static bool
is_empty(int folder)
{
	static const char *const names[] = { ".", "..", "lock", "log",
		"lost+found" };
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	bool known = d != NULL;

	while (known && (e = readdir(d))) {
		known = false;
		for (size_t i = 0; i < NELEM(names); i++)
			known |= str_eq(str_c(e->d_name), str_c(names[i]));
	}
	if (d)
		(void)closedir(d);
	else if (fd >= 0)
		(void)close(fd);
	return known;
}

static int
check_content(int folder, const char *path, enum data_folder_use use,
    struct err *err)
{
	bool store = has_kind(folder, "store", S_IFDIR);
	bool vault = has_kind(folder, "vault", S_IFDIR);

	/* store is made first. */
	if (store && (vault || has_kind(folder, "lock", S_IFREG)))
		return 0;
	if (vault)
		return err_set(err, E_INVALID, "the data folder %s has no "
		    "folder \"store\", which held all mail. Where that is "
		    "lost: move the rest away, then postern restore", path);
	if (use == DATA_FOLDER_MAKE && is_empty(folder))
		return 0;
	if (use == DATA_FOLDER_MAKE)
		return err_set(err, E_INVALID, "%s is no data folder of "
		    "Postern, and not empty", path);
	return err_set(err, E_INVALID, "%s is no data folder of Postern; "
	    "postern run makes one, or the first domain add", path);
}

/* Not even the sticky bit helps: "submit" would be anybody's to make. */
static int
check_modes(struct folder_walk *w, struct err *err)
{
	struct str path = str_c(w->path);
	struct stat st;

	if (fstat(w->at, &st) < 0)
		return err_sys(err, E_IO, "data folder %s", w->path);
	if (open_to_others(&st))
		return err_set(err, E_DENIED, "%s can be written by others, "
		    "as no data folder may be: chmod go-w, or another folder "
		    "if they are to write there", folder_path(w, w->at,
		    str_from(path, str_rchr(path, '/') + 1)));
	return 0;
}

int
data_folder_open(const char *path, enum data_folder_use use,
    struct data_folder *out, struct err *err)
{
	struct folder_walk w = { .memory = arena_new(WALK_MEMORY),
		.path = path, .use = use, .left = str_c(path), .at = -1 };
	struct err own = { 0 };
	int fd = -1;

	if (walk_there(&w, &own) == 0) {
		fd = openat(w.at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			(void)err_sys(&own, E_DENIED, "data folder %s", path);
		else if (check_content(fd, path, use, &own) == 0)
			(void)check_modes(&w, &own);
	}
	if (w.at >= 0)
		(void)close(w.at);
	arena_free(w.memory);
	if (own.code) {
		if (fd >= 0)
			(void)close(fd);
		return err_set(err, own.code, "%s", own.text);
	}
	*out = (struct data_folder){ fd, w.made };
	return 0;
}

/* ---- who listens in it --------------------------------------------------- */

/* The kernel remembers who made a socket listen. */
static int
check_listener(int fd, const char *name, struct err *err)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0)
		return err_sys(err, E_IO, "control socket %s", name);
	if (!is_trusted(peer.uid))
		return err_set(err, E_DENIED, "who listens on control socket "
		    "%s is user %u, neither root nor you", name,
		    (unsigned)peer.uid);
	return 0;
}

/* The way over /proc is short however long the folder's name is. */
int
data_folder_connect(int folder, const char *name, struct err *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;

	if (fd < 0)
		return err_sys(err, E_IO, "socket");
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/%s",
	    folder, name);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		rc = err_sys(err, errno == EACCES || errno == EPERM ?
		    E_DENIED : E_NOTFOUND, "control socket %s", name);
	else
		rc = check_listener(fd, name, err);
	if (rc == 0)
		return fd;
	(void)close(fd);
	return rc;
}
