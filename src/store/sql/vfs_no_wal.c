#include "store/sql/vfs_no_wal.h"

#include <errno.h>

#include "base/attr.h"

static int
none_read(struct file *f unused_arg, void *p unused_arg, size_t n unused_arg,
    uint64_t at unused_arg, size_t *got)
{
	*got = 0;
	return 0;
}

static int
none_write(struct file *f unused_arg, const void *p unused_arg,
    size_t n unused_arg, uint64_t at unused_arg)
{
	return -EROFS;
}

static int
none_size(struct file *f unused_arg, uint64_t *size)
{
	*size = 0;
	return 0;
}

static int
none_sync(struct file *f unused_arg)
{
	return 0;
}

static void
none_close(struct file *f unused_arg)
{
}

struct file *
vfs_no_wal(void)
{
	static const struct files_ops ops = { .close = none_close,
		.read = none_read, .write = none_write, .size = none_size,
		.sync = none_sync };
	static struct files files = { &ops };
	static struct file none = { &files, true };

	return &none;
}
