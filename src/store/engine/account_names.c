#include "store/engine/account_names.h"

#include <errno.h>

#define NAMES "accounts.txt"
#define NEW_NAMES "accounts.new"

enum { NAMES_MAX = 64 << 20 };

/* The file as it is; nothing if there is none. */
static void
read_names(struct engine *e, struct buf *b)
{
	struct files *fs = e->o.files;
	struct file *f;
	uint64_t size = 0;
	size_t got = 0;
	char *room;

	if (fs->ops->open(fs, NAMES, 0, &f) < 0)
		return;
	if (fs->ops->size(f, &size) == 0 && size > 0 && size <= NAMES_MAX &&
	    (room = buf_room(b, (size_t)size)) &&
	    fs->ops->read(f, room, (size_t)size, 0, &got) == 0)
		buf_added(b, got);
	file_close(f);
}

/* The next line that makes sense, off the front of *rest. */
static bool
next_name(struct str *rest, uint64_t *account, struct str *address)
{
	struct str line, number;

	while (rest->n > 0) {
		(void)str_cut(*rest, '\n', &line, rest);
		if (str_cut(line, ' ', &number, address) &&
		    str_u64(number, account) && address->n <= 320)
			return true;
	}
	return false;
}

static void
put_name(struct buf *b, uint64_t account, struct str address)
{
	buf_printf(b, "%llu %.*s\n", (unsigned long long)account,
	    STR_FMT(address));
}

/* Lines of accounts that this database does not have. */
static void
keep_others(struct engine *e, struct buf *b)
{
	auto_buf before = BUF_INIT(NAMES_MAX);
	struct str rest, address;
	uint64_t account;
	struct acct *a;

	read_names(e, &before);
	rest = buf_get(&before);
	while (next_name(&rest, &account, &address))
		if (acct_get(e, account, &a, NULL) == E_NOTFOUND)
			put_name(b, account, address);
}

static int
put_all(struct engine *e, struct buf *b)
{
	struct sql *q = &e->w;
	int rc = sql_first(q, SQL_account_names, NULL, 0, NULL);

	while (rc > 0) {
		put_name(b, sql_u64(q, account_names, account),
		    sql_str(q, account_names, address));
		rc = sql_next(q, SQL_account_names, NULL);
	}
	return rc < 0 || buf_failed(b) ? -EIO : 0;
}

static int
write_file(struct files *fs, struct str octets)
{
	struct file *f;
	int rc = fs->ops->open(fs, NEW_NAMES, FILE_CREATE, &f);

	if (rc < 0)
		return rc;
	rc = fs->ops->truncate(f, 0);
	if (rc == 0)
		rc = fs->ops->write(f, octets.p, octets.n, 0);
	if (rc == 0)
		rc = fs->ops->sync(f);
	file_close(f);
	if (rc == 0)
		rc = fs->ops->rename(fs, NEW_NAMES, NAMES);
	else
		(void)fs->ops->unlink(fs, NEW_NAMES);
	return rc < 0 ? rc : fs->ops->sync_dir(fs, ".");
}

static void
tell_unwritten(struct engine *e, int rc)
{
	if (rc < 0 && e->o.log)
		log_event(e->o.log, LOG_WARN, "account_names_unwritten",
		    F_STR("error", str_c(strerrordesc_np(-rc))));
}

void
account_names_write(struct engine *e)
{
	auto_buf b = BUF_INIT(NAMES_MAX);
	int rc;

	if (e->salvage_from)
		keep_others(e, &b);
	rc = put_all(e, &b);
	tell_unwritten(e, rc < 0 ? rc : write_file(e->o.files, buf_get(&b)));
}

void
account_names_add(struct engine *e, uint64_t account, struct str address)
{
	auto_buf b = BUF_INIT(1000);
	struct files *fs = e->o.files;
	uint64_t size = 0;
	struct file *f;
	int rc = fs->ops->open(fs, NAMES, FILE_CREATE, &f);

	if (rc == 0) {
		put_name(&b, account, address);
		rc = fs->ops->size(f, &size);
		if (rc == 0)
			rc = fs->ops->write(f, b.p, b.n, size);
		if (rc == 0)
			rc = fs->ops->sync(f);
		file_close(f);
	}
	tell_unwritten(e, rc);
}

struct str
account_names_find(struct engine *e, uint64_t account)
{
	auto_buf b = BUF_INIT(NAMES_MAX);
	struct str rest, address, found = STR_NULL;
	uint64_t number;

	read_names(e, &b);
	rest = buf_get(&b);
	while (next_name(&rest, &number, &address))
		if (number == account)
			found = address;
	return found.n ? str_dup(e->arena, found) : STR_NULL;
}

uint64_t
account_names_last(struct engine *e)
{
	auto_buf b = BUF_INIT(NAMES_MAX);
	uint64_t number, last = 0;
	struct str rest, address;

	read_names(e, &b);
	rest = buf_get(&b);
	while (next_name(&rest, &number, &address))
		last = number > last ? number : last;
	return last;
}
