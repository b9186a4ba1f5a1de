/*
 * Landlock, by its raw system calls: the headers of Debian 12 know it only up
 * to version 2, kernels are further. Each version adds bits at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>

#include "rt/sandbox_int.h"

struct ruleset {
	uint64_t fs;
	uint64_t net;		/* version 4: 1 is bind, 2 is connect (TCP) */
	uint64_t scoped;	/* version 6: 1 abstract sockets, 2 signals */
};

enum {
	FS_EXECUTE = 1 << 0,
	FS_MAKE_CHAR = 1 << 6,
	FS_MAKE_SOCK = 1 << 9,
	FS_MAKE_FIFO = 1 << 10,
	FS_MAKE_BLOCK = 1 << 11,
	FS_MAKE_SYM = 1 << 12,
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
allow_folder(int ruleset, const char *folder, uint64_t all, struct err *err)
{
	struct landlock_path_beneath_attr beneath = {
		.allowed_access = all & ~(uint64_t)FS_NEVER,
	};
	long rc;

	beneath.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (beneath.parent_fd < 0)
		return err_sys(err, E_IO, "sandbox: open %s", folder);
	rc = syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	(void)close(beneath.parent_fd);
	if (rc < 0)
		return err_sys(err, E_IO, "sandbox: landlock rule");
	return 0;
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
