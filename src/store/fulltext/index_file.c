/*
 * index_file.c - the file of an account: its segments, one behind the other.
 */
#include <errno.h>
#include <stdio.h>

#include "store/fulltext/fulltext_int.h"

enum { SEGMENTS_MAX = 4096 };

pthread_rwlock_t *
fulltext_lock(struct fulltext *t, uint64_t account)
{
	return &t->lock[account % FULLTEXT_LOCKS];
}

uint64_t *
fulltext_changes(struct fulltext *t, uint64_t account)
{
	return &t->changes[account % FULLTEXT_LOCKS];
}

void
fulltext_name(char name[FULLTEXT_NAME], uint64_t account)
{
	(void)snprintf(name, FULLTEXT_NAME, "index/%016llx",
	    (unsigned long long)account);
}

/* What does not go on as a segment is the end. */
static void
read_segments(struct index_file *x, uint64_t size)
{
	char header[SEGMENT_HEADER];
	struct segment s;

	while (size - x->end > SEGMENT_HEADER &&
	    x->segments.n < SEGMENTS_MAX &&
	    file_read_all(x->f, header, sizeof(header), x->end) == 0 &&
	    segment_parse(header, x->end, &s) &&
	    segment_octets(&s) + s.slack <= size - x->end &&
	    (x->segments.n == 0 ||
	    s.version == x->segments.p[0].version)) {
		vec_push(&x->segments, s);
		x->end += segment_octets(&s) + s.slack;
		x->messages += s.messages;
	}
}

/* With its folder, where that is missing. */
static int
open_or_make(struct fulltext *t, const char *name, struct file **f)
{
	int rc = t->fs->ops->open(t->fs, name, FILE_CREATE, f);

	if (rc != -ENOENT)
		return rc;
	rc = t->fs->ops->mkdir(t->fs, "index");
	return rc < 0 ? rc : t->fs->ops->open(t->fs, name, FILE_CREATE, f);
}

int
index_open(struct fulltext *t, uint64_t account, bool make,
    struct index_file *x, struct err *err)
{
	char name[FULLTEXT_NAME];
	uint64_t size = 0;
	int rc;

	*x = (struct index_file){ 0 };
	fulltext_name(name, account);
	rc = make ? open_or_make(t, name, &x->f) :
	    t->fs->ops->open(t->fs, name, 0, &x->f);
	if (rc < 0)
		x->f = NULL;
	if (rc == -ENOENT && !make)
		return 0;
	if (rc == 0)
		rc = t->fs->ops->size(x->f, &size);
	if (rc < 0) {
		index_close(x);
		return err_set(err, rc == -ENOSPC || rc == -EDQUOT ? E_FULL :
		    E_IO, "open %s: %s", name, strerrordesc_np(-rc));
	}
	read_segments(x, size);
	return 0;
}

void
index_close(struct index_file *x)
{
	file_close(x->f);
	vec_free(&x->segments);
	*x = (struct index_file){ 0 };
}

int
index_messages(const struct index_file *x, struct indexed *out,
    struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < x->segments.n && rc == 0; i++) {
		rc = segment_messages(x->f, &x->segments.p[i], out, err);
		out += x->segments.p[i].messages;
	}
	return rc;
}

/* ---- the table --------------------------------------------------------- */

static size_t
slot_of(const struct index_table *b, uint64_t email)
{
	return (size_t)(email * 0x9e3779b97f4a7c15ull >> 20) & (b->size - 1);
}

void
index_table_make(struct index_table *b, const struct indexed *of, size_t n)
{
	b->of = of;
	for (b->size = 16; b->size < 2 * n; b->size *= 2)
		continue;
	b->slot = calloc(b->size, sizeof(*b->slot));
	bug_if(!b->slot);
	for (size_t i = 0; i < n; i++) {
		size_t k = slot_of(b, of[i].email);

		while (b->slot[k])
			k = (k + 1) & (b->size - 1);
		b->slot[k] = (uint32_t)i + 1;
	}
}

const struct indexed *
index_table_find(const struct index_table *b, uint64_t email,
    uint64_t content)
{
	for (size_t k = slot_of(b, email); b->slot[k];
	    k = (k + 1) & (b->size - 1)) {
		const struct indexed *x = &b->of[b->slot[k] - 1];

		if (x->email == email &&
		    (x->mark & ~(uint32_t)MARK_CUT) == mark_of(content))
			return x;
	}
	return NULL;
}
