/*
 * path_socket.c - sockets in the file system, at paths of the configuration:
 * those to listen at, and those of others, which roles have us dial.
 *
 * Whoever has its folder decides who comes. So it is made, and what a server
 * that was killed left there removed, with that user's rights and none of ours,
 * and belongs to him: whatever he makes of the folder meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "master/master_int.h"

enum { BACKLOG = 1024, SOCKET_UMASK = 0117, PATH_OCTETS = 1024,
	NAME_OCTETS = 64 };

struct socket_folder {
	int fd;
	const char *name;	/* of the socket, in it */
	struct sockaddr_un at;	/* short, however long the path is */
};

static void
act_as(uid_t uid, gid_t gid)
{
	if (geteuid() != 0)
		return;
	(void)setfsgid(gid);
	(void)setfsuid(uid);
}

/* From here on, until folder_leave(), files are its owner's. */
static int
folder_enter(const char *path, struct socket_folder *f)
{
	struct str whole = str_c(path);
	size_t slash = str_rchr(whole, '/');
	char folder[PATH_OCTETS];
	struct stat st;

	*f = (struct socket_folder){ .fd = -1, .name = path + slash + 1,
		.at = { .sun_family = AF_UNIX } };
	if (slash + 1 >= whole.n || whole.n >= sizeof(folder) ||
	    strlen(f->name) > NAME_OCTETS) {
		errno = EINVAL;
		return -1;
	}
	(void)snprintf(folder, sizeof(folder), "%.*s",
	    STR_FMT(str_first(whole, slash ? slash : 1)));
	f->fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (f->fd < 0 || fstat(f->fd, &st) < 0)
		return -1;
	(void)snprintf(f->at.sun_path, sizeof(f->at.sun_path),
	    "/proc/self/fd/%d/%s", f->fd, f->name);
	act_as(st.st_uid, st.st_gid);
	return 0;
}

static void
folder_leave(struct socket_folder *f)
{
	int saved = errno;

	act_as(geteuid(), getegid());
	if (f->fd >= 0)
		(void)close(f->fd);
	errno = saved;
}

/* One of a server that is no more: nobody listens there. Other files are not
 * ours to remove. */
static int
remove_stale(const struct socket_folder *f)
{
	struct stat st;
	bool stale;
	int fd, rc;

	if (fstatat(f->fd, f->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	rc = connect(fd, (const struct sockaddr *)&f->at, sizeof(f->at));
	stale = rc < 0 && errno == ECONNREFUSED;
	(void)close(fd);
	if (stale)
		return unlinkat(f->fd, f->name, 0);
	errno = EADDRINUSE;
	return -1;
}

static int
make_socket(const struct socket_folder *f)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t before = umask(SOCKET_UMASK);
	bool made = fd >= 0 && bind(fd, (const struct sockaddr *)&f->at,
	    sizeof(f->at)) == 0 && listen(fd, BACKLOG) == 0;
	int saved = errno;

	(void)umask(before);
	if (fd >= 0 && !made)
		(void)close(fd);
	errno = saved;
	return made ? fd : -1;
}

int
path_socket_open(const char *path, struct err *err)
{
	struct socket_folder f;
	int fd = -1;

	if (folder_enter(path, &f) == 0 && remove_stale(&f) == 0)
		fd = make_socket(&f);
	folder_leave(&f);
	return fd >= 0 ? fd : err_sys(err, errno == EADDRINUSE ? E_BUSY : E_IO,
	    "cannot listen at %s", path);
}

void
path_socket_remove(const char *path)
{
	struct socket_folder f;

	if (folder_enter(path, &f) == 0)
		(void)unlinkat(f.fd, f.name, 0);
	folder_leave(&f);
}

int
path_socket_dial(const char *path, struct err *err)
{
	struct socket_folder f;
	int fd = -1, saved;

	if (folder_enter(path, &f) == 0)
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&f.at,
	    sizeof(f.at)) < 0) {
		saved = errno;
		(void)close(fd);
		errno = saved;
		fd = -1;
	}
	folder_leave(&f);
	return fd >= 0 ? fd : err_sys(err, E_IO, "connect to %s", path);
}
