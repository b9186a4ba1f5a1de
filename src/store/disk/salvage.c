#include "store/disk/salvage.h"

#include <errno.h>
#include <stdlib.h>

#include "store/disk/pack_int.h"

enum { WINDOW = 64 * 1024 };

/* ---- strays -------------------------------------------------------------- */

struct looking {
	const char *dir;
	struct str after;
	char *name;	/* the best one so far; empty: none */
};

static void
look_at_name(void *arg, const char *file)
{
	char name[SALVAGE_NAME + 200];
	struct looking *l = arg;
	int n = snprintf(name, sizeof(name), "%s/%s", l->dir, file);

	if (strncmp(file, "stray-", 6) != 0 || n >= SALVAGE_NAME ||
	    str_cmp(str_c(name), l->after) <= 0 ||
	    (l->name[0] && strcmp(name, l->name) > 0))
		return;
	memcpy(l->name, name, (size_t)n + 1);
}

int
salvage_next_stray(struct packs *p, struct str after, char name[SALVAGE_NAME],
    struct err *err)
{
	static const char *const dirs[] = { "blobs", "packs" };
	struct looking l = { .after = after, .name = name };
	int rc = 0;

	name[0] = 0;
	for (size_t i = 0; i < NELEM(dirs) && rc == 0 && !name[0]; i++) {
		l.dir = dirs[i];
		rc = p->fs->ops->list(p->fs, l.dir, look_at_name, &l);
	}
	return rc < 0 ? pack_failed(err, rc, "list strays", 0) : name[0] != 0;
}

struct stray_sum {
	struct packs *p;
	const char *dir;
	uint64_t files, octets;
};

static void
add_stray(void *arg, const char *file)
{
	char name[SALVAGE_NAME + 200];
	struct stray_sum *s = arg;
	int n = snprintf(name, sizeof(name), "%s/%s", s->dir, file);
	uint64_t size;
	struct file *f;

	if (n >= SALVAGE_NAME || !salvage_is_stray(name))
		return;
	s->files++;
	if (s->p->fs->ops->open(s->p->fs, name, 0, &f) < 0)
		return;		/* whoever wants to look into it says why */
	if (s->p->fs->ops->size(f, &size) == 0)
		s->octets += size;
	file_close(f);
}

int
salvage_strays(struct packs *p, uint64_t *files, uint64_t *octets,
    struct err *err)
{
	struct stray_sum s = { .p = p, .dir = "packs" };
	int rc = p->fs->ops->list(p->fs, s.dir, add_stray, &s);

	s.dir = "blobs";
	if (rc == 0)
		rc = p->fs->ops->list(p->fs, s.dir, add_stray, &s);
	if (rc < 0)
		return pack_failed(err, rc, "list strays", 0);
	*files = s.files;
	*octets = s.octets;
	return 0;
}

bool
salvage_is_stray(const char *name)
{
	return (strncmp(name, "packs/stray-", 12) == 0 ||
	    strncmp(name, "blobs/stray-", 12) == 0) &&
	    !strchr(name + 12, '/');
}

int
salvage_remove(struct packs *p, const char *stray, struct err *err)
{
	int rc;

	if (!salvage_is_stray(stray))
		return err_set(err, E_INVALID, "no stray file");
	rc = p->fs->ops->unlink(p->fs, stray);
	return rc < 0 && rc != -ENOENT ? err_set(err, E_IO, "remove %s: %s",
	    stray, strerrordesc_np(-rc)) : 0;
}

int
salvage_name_blob(struct packs *p, const char *stray, uint64_t blob,
    struct err *err)
{
	char name[40];
	int rc;

	large_name(name, sizeof(name), blob);
	rc = p->fs->ops->exists(p->fs, name);
	if (rc == 0)
		return err_set(err, E_EXISTS, "%s is there", name);
	if (rc == -ENOENT)
		rc = p->fs->ops->rename(p->fs, stray, name);
	if (rc == 0)
		rc = p->fs->ops->sync_dir(p->fs, "blobs");
	return rc < 0 ? pack_failed(err, rc, "name blob", blob) : 0;
}

/* ---- records ------------------------------------------------------------- */

struct salvage {
	struct packs *p;
	struct open_pack file;
	uint64_t size;
	char window[WINDOW];
};

int
salvage_open(struct packs *p, const char *name, struct salvage **out,
    struct err *err)
{
	struct salvage *s = calloc(1, sizeof(*s));
	int rc;

	bug_if(!s);
	s->p = p;
	rc = p->fs->ops->open(p->fs, name, 0, &s->file.f);
	if (rc < 0)
		s->file.f = NULL;
	else
		rc = p->fs->ops->size(s->file.f, &s->size);
	if (rc < 0) {
		salvage_close(s);
		return err_set(err, rc == -ENOENT ? E_NOTFOUND : E_IO,
		    "open %s: %s", name, strerrordesc_np(-rc));
	}
	*out = s;
	return 0;
}

void
salvage_close(struct salvage *s)
{
	if (!s)
		return;
	file_close(s->file.f);
	free(s);
}

uint64_t
salvage_size(const struct salvage *s)
{
	return s->size;
}

/* The first header in n octets, which lie at `at` of the file. */
static bool
find_header(const struct salvage *s, uint64_t at, size_t n, size_t *found,
    struct place *there, uint64_t *account)
{
	static const char magic[] = "Prec";
	struct record r;

	for (size_t i = 0; i + RECORD_HEADER <= n; i += RECORD_ALIGN) {
		if (memcmp(s->window + i, magic, 4) != 0 ||
		    !record_parse(s->window + i, &r))
			continue;
		*there = (struct place){ .blob = r.blob, .at = at + i,
			.length = r.length, .facts = r.rest, .crc = r.crc,
			.front = r.front };
		*account = r.account;
		*found = i;
		if (r.length <= s->size &&
		    place_octets(there) - RECORD_ALIGN < s->size - at - i)
			return true;
	}
	return false;
}

int
salvage_next(struct salvage *s, uint64_t *at, uint64_t most,
    struct place *there, uint64_t *account, struct err *err)
{
	uint64_t end = most < s->size - *at ? *at + most : s->size;
	size_t n, got, found;
	int rc;

	while (*at < end) {
		/* A header that begins in what is looked at is read whole. */
		n = end - *at + RECORD_HEADER - RECORD_ALIGN < WINDOW ?
		    (size_t)(end - *at) + RECORD_HEADER - RECORD_ALIGN :
		    WINDOW;
		rc = s->p->fs->ops->read(s->file.f, s->window, n, *at, &got);
		if (rc == -EIO)		/* the disk cannot: behind it */
			got = 0;
		else if (rc < 0)
			return pack_failed(err, rc, "read records", 0);
		if (find_header(s, *at, got, &found, there, account)) {
			*at += found;
			return 1;
		}
		*at += n - RECORD_HEADER + RECORD_ALIGN;
	}
	*at = end;
	return 0;
}

static struct record_reader
reader_of(struct salvage *s, const struct place *there, struct err *err)
{
	return (struct record_reader){ .p = s->p, .at = there,
		.o = &s->file, .err = err };
}

int
salvage_check(struct salvage *s, const struct place *there, uint64_t *raw,
    struct err *err)
{
	struct record_reader x = reader_of(s, there, err);
	char header[RECORD_HEADER];
	int rc = record_octets(&x, 0, header, sizeof(header));

	if (rc == 0)
		rc = record_is_it(&x, header);
	return rc < 0 ? rc : record_check(&x, raw);
}

int
salvage_read(struct salvage *s, const struct place *there, struct buf *room,
    struct err *err)
{
	struct record_reader x = reader_of(s, there, err);

	return record_take(&x, room);
}
