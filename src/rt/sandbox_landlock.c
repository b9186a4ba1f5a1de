/*
 * Landlock, by its raw system calls: the headers of Debian 12 know it only up
 * to version 2, kernels are further. Each version adds bits at the end.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "rt/sandbox_int.h"

struct ruleset {
	uint64_t fs;
	uint64_t net;		/* version 4: 1 is bind, 2 is connect (TCP) */
	uint64_t scoped;	/* version 6: 1 abstract sockets, 2 signals */
};

enum {
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_MAKE_CHAR = 1 << 6,
	FS_MAKE_SOCK = 1 << 9,
	FS_MAKE_FIFO = 1 << 10,
	FS_MAKE_BLOCK = 1 << 11,
	FS_MAKE_SYM = 1 << 12,
	FS_TRUNCATE = 1 << 14,
	FS_IOCTL_DEV = 1 << 15,
	/* What no role does, not even in its own folder. */
	FS_NEVER = FS_EXECUTE | FS_MAKE_CHAR | FS_MAKE_SOCK | FS_MAKE_FIFO |
	    FS_MAKE_BLOCK | FS_MAKE_SYM | FS_IOCTL_DEV,
};

/* How many rights over files each version knows: versions 1, 2, 3, 4, 5. */
static uint64_t
all_of_fs(long version)
{
	static const int rights[] = { 0, 13, 14, 15, 15, 16 };
	size_t v = (size_t)version;

	if (v >= NELEM(rights))
		v = NELEM(rights) - 1;
	return (1ULL << rights[v]) - 1;
}

static int
allow_beneath(int ruleset, int fd, uint64_t rights, struct err *err)
{
	struct landlock_path_beneath_attr beneath = {
		.allowed_access = rights, .parent_fd = fd };

	if (syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0)
		return err_sys(err, E_IO, "sandbox: landlock rule");
	return 0;
}

static int
allow_folder(int ruleset, const char *folder, uint64_t all, struct err *err)
{
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(err, E_IO, "sandbox: open %s", folder);
	rc = allow_beneath(ruleset, fd, all & ~(uint64_t)FS_NEVER, err);
	(void)close(fd);
	return rc;
}

/* As version 4 has it. */
struct net_port {
	uint64_t allowed;
	uint64_t port;
};
enum { NET_BIND = 1, NET_CONNECT = 2, RULE_NET_PORT = 2 };

static int
allow_port(int ruleset, uint64_t what, uint16_t port, struct err *err)
{
	struct net_port rule = { what, port };

	if (syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule,
		0) < 0)
		return err_sys(err, E_IO, "sandbox: landlock port %u", port);
	return 0;
}

/* Port 0 as the end we dial from: any free one, at an address of choice. */
static int
allow_ports(int ruleset, const struct sandbox *w, struct err *err)
{
	int rc = 0;

	if (!(w->may & MAY_CONNECT))
		return 0;
	for (size_t i = 0; i < w->nports && rc == 0; i++)
		rc = allow_port(ruleset, NET_CONNECT, w->ports[i], err);
	return rc < 0 ? rc : allow_port(ruleset, NET_BIND, 0, err);
}

static int
enforce(int ruleset, const char *folder, uint64_t all, struct err *err)
{
	if (folder && allow_folder(ruleset, folder, all, err) < 0)
		return err->code;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return err_sys(err, E_IO, "sandbox: landlock");
	return 0;
}

int
landlock_close(const struct sandbox *w, const char *folder,
    struct buf *missing, struct err *err)
{
	struct ruleset r = { 0 };
	size_t size = sizeof(r);
	long version, fd;
	int rc;

	version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1) {
		buf_lit(missing, "landlock landlock-network ");
		return 0;
	}
	r.fs = all_of_fs(version);
	if (version >= 4)
		r.net = NET_BIND | NET_CONNECT;
	else
		buf_lit(missing, "landlock-network ");
	if (version >= 6)
		r.scoped = 3;
	else
		buf_lit(missing, "landlock-scopes ");
	if (version < 6)
		size = version < 4 ? 8 : 16;
	fd = syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (fd < 0)
		return err_sys(err, E_IO, "sandbox: landlock rules");
	rc = r.net ? allow_ports((int)fd, w, err) : 0;
	if (rc == 0)
		rc = enforce((int)fd, folder, r.fs, err);
	(void)close((int)fd);
	return rc;
}

/* What modules may read ---------------------------------------------------- */

/* A link leads to something that has its own rule, or is hidden. What is not
 * ours to open is not ours to read. */
static int
allow_reading(int ruleset, int at, const char *name, struct err *err)
{
	int fd = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), rc = 0;
	uint64_t rights = FS_EXECUTE | FS_READ_FILE;
	struct stat st;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && !S_ISLNK(st.st_mode)) {
		if (S_ISDIR(st.st_mode))
			rights |= FS_READ_DIR;
		rc = allow_beneath(ruleset, fd, rights, err);
	}
	(void)close(fd);
	return rc;
}

/* All that a folder has but for one of it. Owns at. */
static int
allow_beside(int ruleset, int at, struct str hidden, struct err *err)
{
	DIR *d = fdopendir(at);
	struct dirent *e;
	int rc = 0;

	if (!d) {
		(void)close(at);
		return 0;
	}
	while (rc == 0 && (e = readdir(d)))
		if (!str_eq(str_c(e->d_name), STR(".")) &&
		    !str_eq(str_c(e->d_name), STR("..")) &&
		    !str_eq(str_c(e->d_name), hidden))
			rc = allow_reading(ruleset, at, e->d_name, err);
	(void)closedir(d);
	return rc;
}

/* There is no rule that takes something away: so all that stands beside the
 * way down to it has one of its own. */
static int
allow_all_but(int ruleset, const char *hidden, struct err *err)
{
	struct str rest = str_from(str_c(hidden), *hidden == '/'), name;
	int at, below, rc = 0;

	/* Who is in such walls already cannot read what is in "/". */
	if (rest.n == 0)
		return allow_reading(ruleset, AT_FDCWD, "/", err);
	at = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return err_sys(err, E_IO, "sandbox: open /");
	while (rc == 0 && rest.n > 0) {
		char entry[NAME_MAX + 1];

		name = str_next(&rest, '/');
		(void)snprintf(entry, sizeof(entry), "%.*s", STR_FMT(name));
		below = openat(at, entry, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		rc = allow_beside(ruleset, at, name, err);
		at = below;
		if (at < 0)
			break;
	}
	if (at >= 0)
		(void)close(at);
	return rc;
}

static int
allow_null(int ruleset, uint64_t all, struct err *err)
{
	int fd = open("/dev/null", O_PATH | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(err, E_IO, "sandbox: open /dev/null");
	rc = allow_beneath(ruleset, fd, all & (FS_READ_FILE | FS_WRITE_FILE |
	    FS_TRUNCATE), err);
	(void)close(fd);
	return rc;
}

int
landlock_read_only(const char *hidden, struct buf *missing, struct err *err)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION), fd;
	/* Signals; abstract sockets are how some talk to their daemons. */
	struct ruleset r = { .scoped = version >= 6 ? 2 : 0 };
	char *real = realpath(hidden, NULL);
	int rc;

	if (version < 1) {
		free(real);
		buf_lit(missing, "landlock ");
		return 0;
	}
	r.fs = all_of_fs(version);
	fd = syscall(SYS_landlock_create_ruleset, &r, version < 4 ? 8 :
	    version < 6 ? 16 : sizeof(r), 0);
	if (fd < 0) {
		free(real);
		return err_sys(err, E_IO, "sandbox: landlock rules");
	}
	rc = allow_all_but((int)fd, real ? real : hidden, err);
	free(real);
	if (rc == 0)
		rc = allow_null((int)fd, r.fs, err);
	if (rc == 0)
		rc = enforce((int)fd, NULL, 0, err);
	(void)close((int)fd);
	return rc;
}
