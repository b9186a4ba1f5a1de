/*
 * keyfile.c - vault.key: what opens every sealed secret.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

#include "vault/seal.h"

static void
close_fd(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}
#define auto_fd __attribute__((cleanup(close_fd))) int

static int
read_key(int fd, const char *path, struct seal_key *key, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, E_IO, "%s", path);
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077))
		return err_set(err, E_INVALID, "%s: others may read it; it "
		    "must be a file of mode 0600", path);
	if (st.st_size != SEAL_KEY_LEN)
		return err_set(err, E_INVALID, "%s: not a key: %lld octets, "
		    "not 32; put the right file back", path,
		    (long long)st.st_size);
	if (read(fd, key->octets, SEAL_KEY_LEN) != SEAL_KEY_LEN)
		return err_sys(err, E_IO, "read %s", path);
	return 0;
}

static int
write_key(int fd, const char *path, const struct seal_key *key,
    struct err *err)
{
	if (write(fd, key->octets, SEAL_KEY_LEN) != SEAL_KEY_LEN)
		return err_sys(err, E_IO, "write %s", path);
	if (fchmod(fd, 0600) < 0 || fsync(fd) < 0)
		return err_sys(err, E_IO, "sync %s", path);
	return 0;
}

/* Under another name first: a power cut leaves a whole key or none. */
static int
make_key(int folder, const char *path, struct seal_key *key, struct err *err)
{
	auto_fd fd = openat(folder, "vault.key.new",
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return err_sys(err, E_IO, "create %s", path);
	randombytes_buf(key->octets, SEAL_KEY_LEN);
	rc = write_key(fd, path, key, err);
	if (rc < 0)
		return rc;
	if (renameat(folder, "vault.key.new", folder, "vault.key") < 0 ||
	    fsync(folder) < 0)
		return err_sys(err, E_IO, "sync %s", path);
	return 0;
}

int
seal_key_open(const char *folder, struct seal_key *key, bool *made,
    struct err *err)
{
	auto_fd dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_buf path = BUF_INIT(8192);
	auto_fd fd = -1;

	buf_printf(&path, "%s/vault.key", folder);
	buf_chr(&path, 0);
	if (sodium_init() < 0)
		return err_set(err, E_INVALID, "libsodium does not start");
	if (dir < 0)
		return err_sys(err, E_IO, "open %s", folder);
	fd = openat(dir, "vault.key", O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	*made = fd < 0;
	if (fd >= 0)
		return read_key(fd, path.p, key, err);
	if (errno != ENOENT)
		return err_sys(err, E_IO, "open %s", path.p);
	return make_key(dir, path.p, key, err);
}
