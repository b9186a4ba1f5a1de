/*
 * A shelf of any octets, under checksums that are right where blocks are: it is
 * looked into, added to and swept within bounds, or removed.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crc32c.h"
#include "base/rd.h"
#include "store/shelf/shelf_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ACCOUNT = 3, BOX = 1, FILE_ROOM = 1 << 20, ASKED = 64 };

static struct shelves *s;
static char path[] = "/tmp/fuzz-shelf-XXXXXX";
static int folder;

static void
remove_folder(void)
{
	(void)unlinkat(folder, "shelf/0000000000000003", 0);
	(void)unlinkat(folder, "shelf", AT_REMOVEDIR);
	(void)rmdir(path);
}

static void
begin(void)
{
	bug_if(!mkdtemp(path));
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bug_if(folder < 0 || mkdirat(folder, "shelf", 0700) < 0);
	s = shelves_new(files_real(folder));
	(void)atexit(remove_folder);
}

/* The sum of each block as its header has it becomes right. */
static void
mend_sums(char *file, size_t n)
{
	while (n >= BLOCK_HEADER) {
		struct rd r = rd_of(str_make(file + 28, 4));
		uint32_t octets = rd_le32(&r), sum;

		if (octets > n - BLOCK_HEADER)
			return;
		sum = htole32(crc32c(0, file + 8, BLOCK_HEADER - 8 + octets));
		memcpy(file + 4, &sum, sizeof(sum));
		file += BLOCK_HEADER + octets;
		n -= BLOCK_HEADER + octets;
	}
}

static bool
some_gone(void *arg unused_arg, uint64_t mailbox unused_arg, uint32_t uid,
    uint64_t blob unused_arg)
{
	return uid % 2;
}

static void
use(void)
{
	struct arena *a = arena_new(2 * SHELF_MEM);
	static struct shelved v[ASKED];
	size_t octets = 0, looked;

	for (uint32_t i = 0; i < ASKED; i++)
		v[i] = (struct shelved){ i + 1, i + 1, STR_NULL };
	(void)shelf_look(s, ACCOUNT, BOX, v, ASKED, SIZE_MAX, &looked,
	    a, NULL);
	for (size_t i = 0; i < ASKED; i++) {
		for (size_t k = 0; k < v[i].facts.n; k++)
			octets += (unsigned char)v[i].facts.p[k];
		v[i].facts = STR("facts");
	}
	bug_if(octets == SIZE_MAX);
	(void)shelf_put(s, ACCOUNT, BOX, v, ASKED, NULL);
	(void)shelf_sweep(s, ACCOUNT, some_gone, NULL, NULL);
	(void)shelf_look(s, ACCOUNT, BOX, v, ASKED, octets, &looked,
	    a, NULL);
	shelf_drop(s, ACCOUNT);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char file[FILE_ROOM];
	int fd;

	if (!s)
		begin();
	if (size > sizeof(file))
		return 0;
	if (size)
		memcpy(file, data, size);
	mend_sums(file, size);
	fd = openat(folder, "shelf/0000000000000003", O_CREAT | O_WRONLY |
	    O_TRUNC | O_CLOEXEC, 0600);
	bug_if(fd < 0 || write(fd, file, size) != (ssize_t)size);
	(void)close(fd);
	use();
	return 0;
}
