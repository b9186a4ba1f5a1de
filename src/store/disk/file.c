#include "store/disk/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/err.h"

struct real_files {
	struct files files;
	int dirfd;
};
struct real_file {
	struct file file;
	int fd, dirfd;
	struct stat held;	/* once it was asked for; st_ino 0: never */
};

static int
dir_of(struct files *fs)
{
	return container_of(fs, struct real_files, files)->dirfd;
}

static int
fd_of(struct file *f)
{
	return container_of(f, struct real_file, file)->fd;
}

static int
real_open(struct files *fs, const char *name, uint32_t how, struct file **f)
{
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
	bool read_only = false;
	struct real_file *r;
	int fd;

	if (how & FILE_CREATE)
		flags |= O_CREAT;
	if (how & FILE_EXCL)
		flags |= O_EXCL;
	fd = openat(dir_of(fs), name, flags, 0600);
	if (fd < 0 && errno == EROFS) {
		read_only = true;
		fd = openat(dir_of(fs), name, O_RDONLY | O_CLOEXEC |
		    O_NOFOLLOW);
		if (fd < 0 && errno == ENOENT && how & FILE_CREATE)
			errno = EROFS;
	}
	if (fd < 0)
		return -errno;
	r = calloc(1, sizeof(*r));
	bug_if(!r);
	r->file = (struct file){ fs, read_only };
	r->fd = fd;
	r->dirfd = dir_of(fs);
	*f = &r->file;
	return 0;
}

static void
real_close(struct file *f)
{
	struct real_file *r = container_of(f, struct real_file, file);

	close(r->fd);
	free(r);
}

static int
real_read(struct file *f, void *p, size_t n, uint64_t at, size_t *got)
{
	size_t done = 0;
	ssize_t k;

	while (done < n) {
		k = pread(fd_of(f), (char *)p + done, n - done,
		    (off_t)(at + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -errno;
		if (k == 0)
			break;
		done += (size_t)k;
	}
	*got = done;
	return 0;
}

static int
real_write(struct file *f, const void *p, size_t n, uint64_t at)
{
	size_t done = 0;
	ssize_t k;

	if (f->read_only)
		return -EROFS;
	while (done < n) {
		k = pwrite(fd_of(f), (const char *)p + done, n - done,
		    (off_t)(at + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -errno;
		done += (size_t)k;
	}
	return 0;
}

static int
real_sync(struct file *f)
{
	return fdatasync(fd_of(f)) < 0 ? -errno : 0;
}

static int
real_truncate(struct file *f, uint64_t size)
{
	if (f->read_only)
		return -EROFS;
	return ftruncate(fd_of(f), (off_t)size) < 0 ? -errno : 0;
}

static int
real_allocate(struct file *f, uint64_t size)
{
	if (f->read_only)
		return -EROFS;
	/* Not every file system can; then writing finds out. */
	if (fallocate(fd_of(f), 0, 0, (off_t)size) == 0 ||
	    errno == EOPNOTSUPP)
		return 0;
	return -errno;
}

static int
real_size(struct file *f, uint64_t *size)
{
	struct stat st;

	if (fstat(fd_of(f), &st) < 0)
		return -errno;
	*size = (uint64_t)st.st_size;
	return 0;
}

static int
real_unlink(struct files *fs, const char *name)
{
	return unlinkat(dir_of(fs), name, 0) < 0 ? -errno : 0;
}

static int
real_rename(struct files *fs, const char *from, const char *to)
{
	return renameat(dir_of(fs), from, dir_of(fs), to) < 0 ? -errno : 0;
}

static int
real_mkdir(struct files *fs, const char *name)
{
	if (mkdirat(dir_of(fs), name, 0700) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static int
real_sync_dir(struct files *fs, const char *dir)
{
	int fd = openat(dir_of(fs), dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return -errno;
	rc = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

static int
real_exists(struct files *fs, const char *name)
{
	return faccessat(dir_of(fs), name, F_OK, 0) < 0 ? -errno : 0;
}

static int
real_list(struct files *fs, const char *dir,
    void (*fn)(void *arg, const char *name), void *arg)
{
	int fd = openat(dir_of(fs), dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *e;
	DIR *d;

	if (fd < 0)
		return -errno;
	d = fdopendir(fd);
	bug_if(!d);
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			fn(arg, e->d_name);
	closedir(d);
	return 0;
}

/* Of the open file, not of the process: a POSIX lock would be gone as soon as
 * anybody here closes another descriptor of the same file. */
static int
real_lock(struct file *f, uint64_t at, uint64_t n)
{
	short type = f->read_only ? F_RDLCK : F_WRLCK;
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET,
		.l_start = (off_t)at, .l_len = (off_t)n };

	if (fcntl(fd_of(f), F_OFD_SETLK, &lock) == 0)
		return 0;
	return errno == EACCES ? -EAGAIN : -errno;
}

static int
real_is_named(struct file *f, const char *name)
{
	struct real_file *r = container_of(f, struct real_file, file);
	struct stat there;

	if (r->held.st_ino == 0 && fstat(r->fd, &r->held) < 0)
		return -errno;
	if (fstatat(r->dirfd, name, &there, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (r->held.st_ino != there.st_ino || r->held.st_dev != there.st_dev)
		return -ENOENT;
	return 0;
}

static int
real_room(struct files *fs, uint64_t *total, uint64_t *unused)
{
	struct statvfs v;

	if (fstatvfs(dir_of(fs), &v) < 0)
		return -errno;
	*total = (uint64_t)v.f_blocks * v.f_frsize;
	*unused = (uint64_t)v.f_bavail * v.f_frsize;
	return 0;
}

struct files *
files_real(int dirfd)
{
	static const struct files_ops ops = { real_open, real_close, real_read,
		real_write, real_sync, real_truncate, real_allocate, real_size,
		real_unlink, real_rename, real_mkdir, real_sync_dir,
		real_exists, real_list, real_lock, real_is_named,
		real_room };
	struct real_files *fs = malloc(sizeof(*fs));

	bug_if(!fs);
	fs->files.ops = &ops;
	fs->dirfd = dirfd;
	return &fs->files;
}

int
file_read_all(struct file *f, void *p, size_t n, uint64_t at)
{
	size_t got;
	int rc = f->files->ops->read(f, p, n, at, &got);

	if (rc < 0)
		return rc;
	return got == n ? 0 : -EIO;
}
