/*
 * cmd_restore.c - postern restore: a data folder from a backup.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/admin.h"
#include "admin/backup_check.h"
#include "admin/progress.h"
#include "admin/restore_account.h"
#include "admin/table.h"
#include "conf/data_folder.h"
#include "conf/find_config.h"
#include "rt/role.h"

static const char usage[] =
    "usage: postern restore DIR [--at WHEN] [--json]\n"
    "       postern restore DIR --account ADDRESS [--folder NAME]\n"
    "           [--into FOLDER] [--at WHEN] [--scratch DIR] [--json]\n\n"
    "Make a data folder of what postern backup has copied to DIR. The data\n"
    "folder has to be empty, or not there. Every octet is compared with its\n"
    "checksum. What was queued is held then: postern queue.\n\n"
    "With --account the mail of one account comes back beside what it has\n"
    "now; the server may run meanwhile. Called again, nothing comes twice.\n\n"
    "  --at WHEN   the last backup at or before that time (UTC), written as\n"
    "              2026-11-29 or 2026-11-29T10:38; else the last there is\n"
    "  --folder NAME   only this folder of it, and those below\n"
    "  --into FOLDER   where it goes; Restored\n"
    "  --scratch DIR   where there is room for all of the backup meanwhile;\n"
    "                  /var/tmp\n"
    WHICH_SERVER;

#define STATE "postern.state"

struct restoring {
	struct admin *a;
	struct backup_dir d;
	int folder, lock, store;	/* descriptors */
	struct manifest m;
	const char *point;
	char *text;
	struct progress progress;
	uint64_t done;
};

static int
write_failed(const char *name, struct err *err)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return err_set(err, E_FULL, "no room is left in the data "
		    "folder (%s): make room and run it again", name);
	return err_sys(err, E_IO, "%s in the data folder", name);
}

/* ---- the folder ---------------------------------------------------------- */

/* As master does: nobody serves from it meanwhile. */
static int
lock_data(struct restoring *r, struct err *err)
{
	r->lock = openat(r->folder, "lock", O_RDWR | O_CREAT | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC, 0600);
	if (r->lock < 0)
		return write_failed("lock", err);
	if (flock(r->lock, LOCK_EX | LOCK_NB) < 0)
		return err_set(err, E_BUSY, "a postern runs on that data "
		    "folder: restore into an empty one");
	return 0;
}

static int
put_state(struct restoring *r, const char *words, struct err *err)
{
	char line[65];
	int fd, rc = 0;

	(void)snprintf(line, sizeof(line), "%-63s\n", words);
	fd = openat(r->store, STATE ".new", O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || write(fd, line, 64) != 64 || fsync(fd) < 0 ||
	    renameat(r->store, STATE ".new", r->store, STATE) < 0 ||
	    fsync(r->store) < 0)
		rc = write_failed(STATE, err);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static bool
is_half_restored(struct restoring *r)
{
	int fd = openat(r->store, STATE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char text[9] = "";
	bool is;

	is = fd >= 0 && read(fd, text, sizeof(text)) == sizeof(text) &&
	    memcmp(text, "restoring", sizeof(text)) == 0;
	if (fd >= 0)
		(void)close(fd);
	return is;
}

/* Of a restore that came to no end, perhaps of another point. */
static void
empty_folder(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (!str_eq(str_c(e->d_name), STR(STATE)))
			(void)unlinkat(fd, e->d_name, 0);
	if (dir)
		(void)closedir(dir);
}

static bool
is_empty(int at)
{
	int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int n = 0;

	while (dir && (e = readdir(dir)))
		n++;
	if (dir)
		(void)closedir(dir);
	return n == 2;
}

static int
make_below(int at, const char *name, struct err *err)
{
	return mkdirat(at, name, 0700) < 0 && errno != EEXIST ?
	    write_failed(name, err) : 0;
}

/* Master gives a folder that is not vault's to vault with all that is in it,
 * and the key is root's. */
static int
make_vault(struct restoring *r, uint32_t uid_base, struct err *err)
{
	uid_t uid = uid_base + ROLE_VAULT;

	if (make_below(r->folder, "vault", err) < 0)
		return err->code;
	if (geteuid() == 0 && fchownat(r->folder, "vault", uid, (gid_t)uid,
	    AT_SYMLINK_NOFOLLOW) < 0)
		return write_failed("vault", err);
	return 0;
}

/* One of another server is not to be replaced: it may be the only one. */
static int
check_key(const struct restoring *r, struct err *err)
{
	struct stat st;

	return r->m.has_key && fstatat(r->folder, "vault/vault.key", &st,
	    AT_SYMLINK_NOFOLLOW) == 0 ? err_set(err, E_EXISTS, "the data "
	    "folder has a vault.key already: restore into an empty one "
	    "(--data), or move it away") : 0;
}

static int
open_store(struct restoring *r, uint32_t uid_base, struct err *err)
{
	static const char *const below[] = { "packs", "blobs", "journal" };
	int rc = make_below(r->folder, "store", err);

	if (rc < 0)
		return rc;
	r->store = openat(r->folder, "store", O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC | O_NOFOLLOW);
	if (r->store < 0)
		return write_failed("store", err);
	if (is_half_restored(r)) {
		for (size_t i = 0; i < NELEM(below); i++)
			empty_folder(r->store, below[i]);
		empty_folder(r->folder, "store");
	} else if (!is_empty(r->store)) {
		return err_set(err, E_EXISTS, "the data folder has a store "
		    "already: restore into an empty one (--data), or move it "
		    "away");
	} else if (check_key(r, err) < 0) {
		return err->code;
	}
	rc = put_state(r, "restoring", err);
	for (size_t i = 0; i < NELEM(below) && rc == 0; i++)
		rc = make_below(r->store, below[i], err);
	return rc < 0 ? rc : make_vault(r, uid_base, err);
}

static int
open_data(struct restoring *r, const struct options *o, struct err *err)
{
	struct config *c = arena_new_of(r->a->memory, struct config);
	struct data_folder f;

	if (find_config(r->a->memory, o->data, o->config, c, err) < 0 ||
	    data_folder_open(str_dupz(r->a->memory, c->data),
	    DATA_FOLDER_MAKE, &f, err) < 0)
		return err->code;
	r->folder = f.fd;
	if (lock_data(r, err) < 0)
		return err->code;
	return open_store(r, c->uid_base, err);
}

/* ---- its files ----------------------------------------------------------- */

static void
on_octets(void *arg, uint64_t octets)
{
	struct restoring *r = arg;

	r->done += octets;
	progress_tell(&r->progress, "%llu of %llu MB",
	    (unsigned long long)(r->done >> 20),
	    (unsigned long long)(r->m.octets >> 20));
}

static int
restore_file(struct restoring *r, const struct manifest_file *f,
    struct err *err)
{
	const char *name = str_dupz(r->a->memory, f->name);
	char path[BACKUP_PATH];
	int at = r->store, fd, rc;

	if (f->of.kind == BACKUP_key) {
		at = r->folder;
		name = "vault/vault.key";
	}
	if (f->packed)
		name = "postern.db";
	backup_dir_file(path, &r->m, r->point, f);
	fd = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd < 0)
		return write_failed(name, err);
	rc = backup_check_file(&r->d, path, f, fd, on_octets, r, err);
	if (rc == E_FULL)
		rc = write_failed(name, err);
	if (rc == 0 && fsync(fd) < 0)
		rc = write_failed(name, err);
	(void)close(fd);
	return rc;
}

static int
sync_below(int at, const char *name, struct err *err)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW);
	int rc = fd < 0 || fsync(fd) < 0 ? write_failed(name, err) : 0;

	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static int
sync_all(struct restoring *r, struct err *err)
{
	static const char *const below[] = { "store/packs", "store/blobs",
		"store/journal", "store", "vault", "." };
	int rc = 0;

	for (size_t i = 0; i < NELEM(below) && rc == 0; i++)
		rc = sync_below(r->folder, below[i], err);
	return rc;
}

/* The line that lets it start comes last. */
static int
restore_all(struct restoring *r, struct err *err)
{
	struct str lines = r->m.files;
	struct manifest_file f;
	char words[40];
	int rc = 0;

	progress_begin(&r->progress);
	while (rc == 0 && manifest_next(&lines, &f))
		rc = restore_file(r, &f, err);
	progress_end(&r->progress);
	if (rc == 0)
		rc = sync_all(r, err);
	(void)snprintf(words, sizeof(words), "restored %llu",
	    (unsigned long long)r->m.fence);
	return rc < 0 ? rc : put_state(r, words, err);
}

static void
report(const struct restoring *r, bool json)
{
	if (json) {
		printf("{\"point\":\"%s\",\"files\":%llu,\"octets\":%llu,"
		    "\"key\":%s}\n", r->point,
		    (unsigned long long)r->m.nfiles,
		    (unsigned long long)r->m.octets,
		    r->m.has_key ? "true" : "false");
		return;
	}
	printf("%s: %llu files, %.1f MB are back\n", r->point,
	    (unsigned long long)r->m.nfiles, (double)r->m.octets / 1e6);
	if (!r->m.has_key)
		puts("Without vault.key: put yours, mode 0600, into vault/ of "
		    "the data folder before the\nstart; passwords and keys "
		    "can be opened with no other one.");
	puts("next: postern run. What was queued then may have been sent "
	    "since, so it is held:\npostern queue list --held shows it; "
	    "postern queue release --held lets it go,\npostern queue drop "
	    "--held does away with it.");
}

static int
restore_whole(struct restoring *r, const struct options *o, struct err *err)
{
	int rc = backup_dir_find(&r->d, o->at, &r->point, err);

	if (rc == 0)
		rc = backup_dir_manifest(&r->d, r->point, &r->m, &r->text,
		    err);
	if (rc == 0)
		rc = open_data(r, o, err);
	if (rc == 0)
		rc = restore_all(r, err);
	return rc;
}

static void
close_all(struct restoring *r)
{
	const int fds[] = { r->store, r->lock, r->folder };

	for (size_t i = 0; i < NELEM(fds); i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	free(r->text);
	backup_dir_close(&r->d);
}

int
cmd_restore(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct restoring r = { .a = a, .folder = -1, .lock = -1, .store = -1 };
	int n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " at account folder into scratch"), rc;

	if (n < 0)
		return o.code;
	if (argc - n != 1)
		return options_wrong(argc, argv, n, usage);
	if (o.account)
		return restore_account(a, &o, argv[n]);
	if (o.folder || o.into || o.scratch)
		return options_wrong(argc, argv, n, usage);
	(void)umask(077);
	rc = backup_dir_open(&r.d, argv[n], BACKUP_DIR_READ, a->memory, &err);
	if (rc == 0)
		rc = restore_whole(&r, &o, &err);
	if (rc == 0)
		report(&r, o.json);
	close_all(&r);
	return rc < 0 ? admin_fail("restore", "%s", err.text) : 0;
}
