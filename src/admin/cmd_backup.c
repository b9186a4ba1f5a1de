/*
 * cmd_backup.c - postern backup: all that the server has, in another folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/backup_check.h"
#include "admin/backup_make.h"
#include "admin/backup_prune.h"
#include "admin/operator.h"
#include "admin/table.h"
#include "conf/data_folder.h"
#include "conf/find_config.h"

static const char usage[] =
    "usage: postern backup DIR [--keep N] [--compress LEVEL] [--without-key]\n"
    "                      [--json]\n"
    "       postern backup list DIR [--json]\n"
    "       postern backup verify DIR [--json]\n\n"
    "Copy all that the server has, as it is at one moment, into DIR, while it\n"
    "runs or not. What DIR has already is not copied again. list says which\n"
    "points in time are there; verify reads all of them and compares every\n"
    "checksum (exit 1: something is damaged). postern restore brings it back.\n"
    "\n"
    "  --keep N        points in time to keep (7); older ones are removed\n"
    "                  once the new one is whole\n"
    "  --compress LEVEL   the database of this point by zstd, 1 (quick) to 19\n"
    "                  (small); mail is compressed anyway. postern restore\n"
    "                  reads both\n"
    "  --without-key   leave out vault.key, without which passwords and keys\n"
    "                  in the backup cannot be opened, by nobody. Else DIR is\n"
    "                  as secret as the server\n"
    WHICH_SERVER;

struct backup_ctx {
	struct admin *a;
	struct options *o;
	const char *path;
};

/* ---- making one ---------------------------------------------------------- */

static int
open_data(struct backup_ctx *c, struct data_folder *f, struct err *err)
{
	struct config *conf = arena_new_of(c->a->memory, struct config);

	if (find_config(c->a->memory, c->o->data, c->o->config, conf, err) <
	    0)
		return err->code;
	return data_folder_open(str_dupz(c->a->memory, conf->data),
	    DATA_FOLDER_FIND, f, err);
}

/* The command reads it itself: it is root, or who the server runs as; and vault
 * hands its key to nobody. */
static int
open_key(struct backup_ctx *c, const struct data_folder *f, int *key,
    struct err *err)
{
	*key = -1;
	if (c->o->without_key)
		return 0;
	*key = openat(f->fd, "vault/vault.key", O_RDONLY | O_CLOEXEC |
	    O_NOFOLLOW | O_NONBLOCK);
	return *key >= 0 ? 0 : err_sys(err, E_IO, "vault/vault.key in the data "
	    "folder (--without-key leaves it out)");
}

/* Is this folder in that one, or the one it would be made in? A backup there
 * would go with what it is a backup of. */
static bool
is_below(int at, const struct stat *folder)
{
	struct stat st, above;
	int up;

	for (; at >= 0 && fstat(at, &st) == 0; at = up) {
		if (st.st_dev == folder->st_dev &&
		    st.st_ino == folder->st_ino) {
			(void)close(at);
			return true;
		}
		up = openat(at, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (up >= 0 && fstat(up, &above) == 0 &&
		    above.st_dev == st.st_dev && above.st_ino == st.st_ino) {
			(void)close(up);
			up = -1;
		}
		(void)close(at);
	}
	return false;
}

static int
check_apart(struct backup_ctx *c, const struct data_folder *f,
    struct err *err)
{
	char *path = str_dupz(c->a->memory, str_c(c->path));
	struct stat folder;
	int at = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (at < 0)	/* not made yet */
		at = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fstat(f->fd, &folder) < 0)
		return err_sys(err, E_IO, "data folder");
	return !is_below(at, &folder) ? 0 : err_set(err, E_INVALID, "%s is "
	    "inside the data folder: whatever takes that takes its backup as "
	    "well. Take a folder elsewhere, best on another disk", c->path);
}

static void
report(const struct backup_ctx *c, const struct backup_made *m,
    const struct backup_pruned *p, size_t npoints)
{
	if (c->o->json)
		printf("{\"point\":\"%s\",\"files\":%llu,\"octets\":%llu,"
		    "\"copied_files\":%llu,\"copied_octets\":%llu,"
		    "\"points\":%zu,\"removed_points\":%llu,"
		    "\"removed_files\":%llu,\"problems\":%llu}\n", m->point,
		    (unsigned long long)m->files,
		    (unsigned long long)m->octets,
		    (unsigned long long)m->copied_files,
		    (unsigned long long)m->copied_octets, npoints,
		    (unsigned long long)p->points,
		    (unsigned long long)p->files,
		    (unsigned long long)m->problems);
	else
		printf("%s: %llu files, %.1f MB; of these %llu files, %.1f MB "
		    "copied now. %zu points are kept%s\n", m->point,
		    (unsigned long long)m->files, (double)m->octets / 1e6,
		    (unsigned long long)m->copied_files,
		    (double)m->copied_octets / 1e6, npoints, c->o->without_key ?
		    ". Without vault.key: keep that elsewhere" : "");
}

static int
backup_into(struct backup_ctx *c, const struct data_folder *f,
    struct backup_dir *d, struct err *err)
{
	struct backup_pruned pruned = { 0 };
	struct backup_how how = { -1, (int)c->o->level };
	struct backup_made made;
	struct operator *op;
	int rc = operator_open(c->a, c->o, &op, err);

	if (rc < 0)
		return rc;
	rc = open_key(c, f, &how.key, err);
	if (rc == 0)
		rc = backup_make(c->a, op, d, &how, &made, err);
	if (how.key >= 0)
		(void)close(how.key);
	operator_close(op);
	if (rc == 0)
		rc = backup_prune(d, c->o->keep, c->a->memory, &pruned, err);
	if (rc < 0)
		return rc;
	report(c, &made, &pruned, d->npoints);
	return made.problems == 0 ? 0 : err_set(err, E_DAMAGED, "it is made, "
	    "but the data folder has %llu problems, see above",
	    (unsigned long long)made.problems);
}

static int
backup_make_one(void *ctx, struct err *err)
{
	struct backup_ctx *c = ctx;
	struct data_folder f;
	struct backup_dir d;
	int rc = open_data(c, &f, err);

	if (rc < 0)
		return rc;
	rc = check_apart(c, &f, err);
	if (rc == 0) {
		rc = backup_dir_open(&d, c->path, BACKUP_DIR_WRITE,
		    c->a->memory, err);
		if (rc == 0)
			rc = backup_into(c, &f, &d, err);
		backup_dir_close(&d);
	}
	(void)close(f.fd);
	return rc;
}

/* ---- what is there ------------------------------------------------------- */

static void
list_row(struct backup_ctx *c, struct table *t, const struct backup_dir *d,
    const char *point)
{
	struct str *cells = table_row(t, c->a->memory);
	struct manifest m;
	char *text;

	cells[0] = str_c(point);
	for (size_t i = 1; i < t->ncolumns; i++)
		cells[i] = STR("");
	if (backup_dir_manifest(d, point, &m, &text, NULL) < 0) {
		cells[3] = STR("damaged");
		return;
	}
	cells[1] = arena_printf(c->a->memory, "%llu",
	    (unsigned long long)m.nfiles);
	cells[2] = arena_printf(c->a->memory, "%llu",
	    (unsigned long long)m.octets);
	cells[3] = m.has_key ? STR("yes") : STR("no");
	cells[4] = arena_printf(c->a->memory, "%016llx",
	    (unsigned long long)m.folder);
	free(text);
}

static int
backup_list(void *ctx, struct err *err)
{
	static const struct table_column columns[] = { { "point", false },
		{ "files", true }, { "octets", true }, { "key", false },
		{ "folder", false } };
	struct backup_ctx *c = ctx;
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct backup_dir d;
	int rc = backup_dir_open(&d, c->path, BACKUP_DIR_READ, c->a->memory,
	    err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < d.npoints; i++)
		list_row(c, &t, &d, d.points[i].text);
	table_print(&t, c->o->json);
	backup_dir_close(&d);
	return 0;
}

/* ---- is it whole --------------------------------------------------------- */

static void
on_problem(void *arg, const char *text)
{
	struct backup_ctx *c = arg;
	auto_buf b = BUF_INIT(4096);

	put_plain(&b, str_c(text));
	fprintf(c->o->json ? stderr : stdout, "%.*s\n", STR_FMT(buf_get(&b)));
}

static int
backup_verify(void *ctx, struct err *err)
{
	struct backup_ctx *c = ctx;
	struct backup_checked n;
	struct backup_dir d;
	int rc = backup_dir_open(&d, c->path, BACKUP_DIR_READ, c->a->memory,
	    err);

	if (rc == 0)
		rc = backup_check(&d, &n, on_problem, c, err);
	backup_dir_close(&d);
	if (rc < 0)
		return rc;
	printf(c->o->json ? "{\"points\":%llu,\"files\":%llu,\"octets\":%llu,"
	    "\"problems\":%llu}\n" : "%llu points, %llu files, %llu octets "
	    "read, %llu problems\n", (unsigned long long)n.points,
	    (unsigned long long)n.files, (unsigned long long)n.octets,
	    (unsigned long long)n.damaged);
	return n.damaged == 0 ? 0 : err_set(err, E_DAMAGED, "%llu problems, "
	    "see above", (unsigned long long)n.damaged);
}

static const struct verb verbs[] = {
	{ "list", 1, 1, backup_list },
	{ "verify", 1, 1, backup_verify },
	{ NULL, 0, 0, NULL },
};

/* Without a folder; "./list" is one. */
static bool
is_verb(const char *word)
{
	for (const struct verb *v = verbs; v->name; v++)
		if (str_eq(str_c(word), str_c(v->name)))
			return true;
	return false;
}

int
cmd_backup(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct backup_ctx c = { .a = a, .o = &o };
	const struct verb *verb;
	int n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " keep without-key compress"), rc;

	if (n < 0)
		return o.code;
	verb = options_verb(verbs, argc, argv, n);
	if (!verb && (argc - n != 1 || is_verb(argv[n])))
		return options_wrong(argc, argv, n, usage);
	c.path = argv[argc - 1];
	rc = verb ? verb->fn(&c, &err) : backup_make_one(&c, &err);
	return rc < 0 ? admin_fail("backup", "%s", err.text) : 0;
}
