/*
 * folder.c - the data folder: its lock, and a folder of its own for each role.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "conf/data_folder.h"
#include "master/master_int.h"

enum { DEPTH_MAX = 8 };

uint32_t
role_uid(const struct master *m, enum role_kind kind)
{
	return geteuid() == 0 ? m->config.uid_base + (uint32_t)kind : 0;
}

static int give_folder(int fd, uid_t uid, int depth, struct err *err);

/* What an ordinary user made, or root put back from a backup, given to the role
 * that goes on with it. Only files with one name: another one could be
 * somewhere else. */
static int
give_entry(int at, const char *name, uid_t uid, int depth, struct err *err)
{
	struct stat st;
	int fd, rc;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_uid == uid && !S_ISDIR(st.st_mode))
		return 0;
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, E_IO, "open %s", name);
	if (fstat(fd, &st) < 0)
		rc = err_sys(err, E_IO, "look at %s", name);
	else if (S_ISDIR(st.st_mode))
		rc = give_folder(fd, uid, depth - 1, err);
	else if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		rc = err_set(err, E_INVALID, "%s is not a plain file", name);
	else if (fchown(fd, uid, (gid_t)uid) < 0)
		rc = err_sys(err, E_IO, "give %s to uid %u", name, uid);
	else
		rc = 0;
	(void)close(fd);
	return rc;
}

static int
give_folder(int fd, uid_t uid, int depth, struct err *err)
{
	struct dirent *e;
	struct stat st;
	DIR *d;
	int copy, rc = 0;

	if (depth == 0)
		return err_set(err, E_INVALID, "folders too deep");
	copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	d = copy < 0 ? NULL : fdopendir(copy);
	if (!d)
		return err_sys(err, E_IO, "read folder");
	while (rc == 0 && (e = readdir(d)))
		if (!str_eq(str_c(e->d_name), STR(".")) &&
		    !str_eq(str_c(e->d_name), STR("..")))
			rc = give_entry(fd, e->d_name, uid, depth, err);
	(void)closedir(d);
	if (rc < 0 || (fstat(fd, &st) == 0 && st.st_uid == uid))
		return rc;
	if (fchown(fd, uid, (gid_t)uid) < 0)
		return err_sys(err, E_IO, "give folder to uid %u", uid);
	return 0;
}

static int
role_folder(struct master *m, enum role_kind kind, struct err *err)
{
	const char *name = role_name(kind);
	uid_t uid = role_uid(m, kind);
	struct stat st;
	int fd, rc = 0;

	if (mkdirat(m->folder, name, 0700) < 0 && errno != EEXIST)
		return err_sys(err, E_IO, "make folder %s in the data folder",
		    name);
	fd = openat(m->folder, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		rc = err_sys(err, E_IO, "folder %s in the data folder", name);
	/* vault.key is root's. */
	else if (uid != 0 && (st.st_uid != uid || kind == ROLE_STORE))
		rc = give_folder(fd, uid, DEPTH_MAX, err);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* Local programs come through here: they see this folder's sockets, and of
 * the rest not even the names. */
static int
submit_folder(struct master *m, struct err *err)
{
	mode_t mask = umask(0);
	int rc = 0;

	if (mkdirat(m->folder, "submit", 0755) < 0 && errno != EEXIST)
		rc = err_sys(err, E_IO, "make folder submit in the data "
		    "folder");
	(void)umask(mask);
	return rc;
}

/* One master a folder. The lock is the open file's: it goes with us. */
static int
lock_folder(struct master *m, struct err *err)
{
	struct stat st;
	char text[24];
	ssize_t n;

	m->lock = openat(m->folder, "lock", O_RDWR | O_CREAT | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC, 0600);
	if (m->lock < 0 && errno == EROFS)
		m->lock = openat(m->folder, "lock", O_RDONLY | O_NOFOLLOW |
		    O_NONBLOCK | O_CLOEXEC);
	if (m->lock < 0 || fstat(m->lock, &st) < 0)
		return err_sys(err, E_IO, "open lock in %.*s",
		    STR_FMT(m->config.data));
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return err_set(err, E_INVALID, "lock in %.*s is not a plain "
		    "file", STR_FMT(m->config.data));
	if (flock(m->lock, LOCK_EX | LOCK_NB) < 0) {
		n = pread(m->lock, text, sizeof(text), 0);
		return err_set(err, E_BUSY,
		    "a postern runs on %.*s already (process %.*s)",
		    STR_FMT(m->config.data),
		    STR_FMT(str_trim(str_make(text, n < 0 ? 0 : (size_t)n))));
	}
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	/* For people only: a full disk is no reason not to start. */
	if (pwrite(m->lock, text, (size_t)n, 0) == n)
		(void)!ftruncate(m->lock, n);
	return 0;
}

int
folder_open(struct master *m, struct err *err)
{
	const char *path = str_dupz(m->forever, m->config.data);
	struct data_folder f;

	(void)umask(077);
	if (data_folder_open(path, m->serve->make_data ? DATA_FOLDER_MAKE :
	    DATA_FOLDER_FIND, &f, err) < 0)
		return err->code;
	m->folder = f.fd;
	if (f.made)
		log_event(m->log, LOG_INFO, "data_folder_made",
		    F_STR("data", m->config.data));
	if (lock_folder(m, err) < 0 || role_folder(m, ROLE_STORE, err) < 0 ||
	    role_folder(m, ROLE_VAULT, err) < 0)
		return err->code;
	return submit_folder(m, err);
}
