#include "admin/backup_known.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const struct known_file *
backup_known_find(const struct backup_known *k, const struct backup_name *n)
{
	uint64_t at = map_get_number(&k->at, n->kind, n->id, n->part);

	return at ? &k->files.p[at - 1] : NULL;
}

void
backup_known_put(struct backup_known *k, const struct manifest_file *f)
{
	struct map_slot *s = map_add(&k->at, f->of.kind, f->of.id, f->of.part);

	if (s->number == 0) {
		vec_push(&k->files, (struct known_file){ 0 });
		s->number = k->files.n;
	}
	if (f->octets >= k->files.p[s->number - 1].octets)
		k->files.p[s->number - 1] = (struct known_file){ f->octets,
			f->crc };
}

static void
put_all(struct backup_known *k, struct str lines)
{
	struct manifest_file f;

	while (manifest_next(&lines, &f))
		if (f.of.kind != BACKUP_database && f.of.kind != BACKUP_key)
			backup_known_put(k, &f);
}

/* What a run that was ended wrote line by line: the last one may be half. */
static void
read_copied(struct backup_known *k, const struct backup_dir *d,
    uint64_t folder)
{
	char path[BACKUP_PATH], *text;
	struct stat st;
	ssize_t n = 0;
	int fd;

	(void)snprintf(path, sizeof(path), "files/%016llx/copied",
	    (unsigned long long)folder);
	fd = openat(d->fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && st.st_size > 0 &&
	    st.st_size <= MANIFEST_OCTETS_MAX) {
		text = malloc((size_t)st.st_size);
		bug_if(!text);
		n = pread(fd, text, (size_t)st.st_size, 0);
		put_all(k, str_make(text, n > 0 ? (size_t)n : 0));
		free(text);
	}
	(void)close(fd);
}

void
backup_known_read(struct backup_known *k, const struct backup_dir *d,
    uint64_t folder)
{
	struct manifest m;
	char *text;

	for (size_t i = 0; i < d->npoints; i++) {
		if (backup_dir_manifest(d, d->points[i].text, &m, &text,
		    NULL) < 0)
			continue;
		if (m.folder == folder)
			put_all(k, m.files);
		free(text);
	}
	read_copied(k, d, folder);
}

void
backup_known_free(struct backup_known *k)
{
	map_free(&k->at);
	vec_free(&k->files);
}
