#include "rt/roots.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/arena.h"

/* Of Debian, Fedora, BSD. */
static const char *const system_files[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/cert.pem",
};

static bool
read_file(const char *path, struct buf *b)
{
	char octets[1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, octets, sizeof(octets))) > 0)
		buf_put(b, octets, (size_t)n);
	(void)close(fd);
	return n == 0 && b->n > 0 && !buf_failed(b);
}

int
roots_read(struct str path, struct buf *out, struct err *err)
{
	struct arena *a = arena_new(8192);
	bool read = path.n > 0 && read_file(str_dupz(a, path), out);

	arena_free(a);
	for (size_t i = 0; path.n == 0 && !read && i < NELEM(system_files);
	     i++) {
		buf_reset(out);
		read = read_file(system_files[i], out);
	}
	if (read)
		return 0;
	return err_set(err, E_NOTFOUND, "no trusted roots: %.*s cannot be "
	    "read", STR_FMT(path.n > 0 ? path : STR("a file of this system")));
}
