#include "admin/backup_prune.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/map.h"

struct pruning {
	struct backup_dir *d;
	struct backup_pruned *out;
	struct map named;	/* of one folder: kind, id, part */
	uint64_t folder;
};

/* ---- points -------------------------------------------------------------- */

/* Without its manifest it is none any more. */
static int
remove_point(const struct backup_dir *d, const char *point, struct err *err)
{
	static const char *const files[] = { "manifest", "postern.db",
		"postern.db.part", MANIFEST_PACKED, MANIFEST_PACKED ".part",
		"vault.key" };
	char path[BACKUP_PATH];

	for (size_t i = 0; i < NELEM(files); i++) {
		(void)snprintf(path, sizeof(path), "points/%s/%s", point,
		    files[i]);
		if (unlinkat(d->fd, path, 0) < 0 && errno != ENOENT)
			return backup_dir_failed(d, path, err);
		if (i == 0 && backup_dir_sync(d, "points", err) < 0)
			return err->code;
	}
	(void)snprintf(path, sizeof(path), "points/%s", point);
	return unlinkat(d->fd, path, AT_REMOVEDIR) < 0 ?
	    backup_dir_failed(d, path, err) : 0;
}

/* What is left of those that a run was ended at. */
static int
remove_halves(const struct backup_dir *d, struct err *err)
{
	int fd = openat(d->fd, "points", O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW), rc = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char path[BACKUP_PATH];
	struct dirent *e;

	if (!dir)
		return backup_dir_failed(d, "points", err);
	while (rc == 0 && (e = readdir(dir))) {
		(void)snprintf(path, sizeof(path), "points/%.40s/manifest",
		    e->d_name);
		if (point_name_time(e->d_name) > 0 && faccessat(d->fd, path,
		    F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
			rc = remove_point(d, e->d_name, err);
	}
	(void)closedir(dir);
	return rc;
}

/* ---- files that nobody names --------------------------------------------- */

static int
note_named(struct pruning *p, struct err *err)
{
	struct manifest_file f;
	struct manifest m;
	char *text;

	for (size_t i = 0; i < p->d->npoints; i++) {
		struct str lines;

		if (backup_dir_manifest(p->d, p->d->points[i].text, &m, &text,
		    err) < 0)
			return err->code;
		lines = m.files;
		while (m.folder == p->folder && manifest_next(&lines, &f))
			map_put_number(&p->named, f.of.kind, f.of.id,
			    f.of.part, 1);
		free(text);
	}
	return 0;
}

/* Files of one kind; below is "packs". */
static void
remove_unnamed(struct pruning *p, const char *below)
{
	char path[BACKUP_PATH], name[BACKUP_PATH];
	struct dirent *e;
	DIR *dir;
	int fd;

	(void)snprintf(path, sizeof(path), "files/%016llx/%s",
	    (unsigned long long)p->folder, below);
	fd = openat(p->d->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW);
	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir && (e = readdir(dir))) {
		struct backup_name n;

		(void)snprintf(name, sizeof(name), "%s/%.60s", below,
		    e->d_name);
		n = backup_name_of(str_c(name));
		if (e->d_name[0] == '.' || (n.kind != BACKUP_no_name &&
		    map_get_number(&p->named, n.kind, n.id, n.part)))
			continue;
		p->out->files += unlinkat(fd, e->d_name, 0) == 0;
	}
	if (dir)
		(void)closedir(dir);
}

static int
prune_folder(struct pruning *p, struct err *err)
{
	static const char *const below[] = { "packs", "blobs", "journal" };
	char path[BACKUP_PATH];
	int rc = note_named(p, err);

	for (size_t i = 0; i < NELEM(below) && rc == 0; i++) {
		remove_unnamed(p, below[i]);
		(void)snprintf(path, sizeof(path), "files/%016llx/%s",
		    (unsigned long long)p->folder, below[i]);
		if (p->named.n == 0)
			(void)unlinkat(p->d->fd, path, AT_REMOVEDIR);
	}
	(void)snprintf(path, sizeof(path), "files/%016llx",
	    (unsigned long long)p->folder);
	if (rc == 0 && p->named.n == 0)
		(void)unlinkat(p->d->fd, path, AT_REMOVEDIR);
	map_free(&p->named);
	return rc;
}

static int
prune_files(struct pruning *p, struct err *err)
{
	int fd = openat(p->d->fd, "files", O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW), rc = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char text[BACKUP_PATH];
	struct dirent *e;

	if (!dir)
		return backup_dir_failed(p->d, "files", err);
	while (rc == 0 && (e = readdir(dir))) {
		struct backup_name n;

		(void)snprintf(text, sizeof(text), "packs/%.40s", e->d_name);
		n = backup_name_of(str_c(text));
		if (n.kind != BACKUP_pack)
			continue;
		p->folder = n.id;
		rc = prune_folder(p, err);
	}
	(void)closedir(dir);
	return rc;
}

int
backup_prune(struct backup_dir *d, size_t keep, struct arena *a,
    struct backup_pruned *out, struct err *err)
{
	struct pruning p = { .d = d, .out = out };
	size_t old;
	int rc = backup_dir_list(d, a, err);

	*out = (struct backup_pruned){ 0 };
	old = rc == 0 && d->npoints > keep ? d->npoints - keep : 0;
	for (size_t i = 0; i < old && rc == 0; i++) {
		rc = remove_point(d, d->points[i].text, err);
		out->points += rc == 0;
	}
	if (rc == 0)
		rc = remove_halves(d, err);
	if (rc == 0)
		rc = backup_dir_list(d, a, err);
	return rc < 0 ? rc : prune_files(&p, err);
}
