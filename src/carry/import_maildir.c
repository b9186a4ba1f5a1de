/*
 * import_maildir.c - messages of a Maildir. Their names alone say which ones
 * came before, so store is asked about many at a time before one is read.
 */
#include <unistd.h>

#include "carry/import_int.h"

enum { BATCH_MEM = 4 << 20 };

/* The time in its name, and that of the file: a program that keeps a date of
 * arrival sets the latter back, and a copy of the file sets it forward. */
static int64_t
arrived(const struct carrier_next_answer *item, const struct maildir_name *n)
{
	return n->at && n->at < item->modified ? n->at : item->modified;
}

int
import_maildir_add(struct import *im, const struct carrier_next_answer *item,
    int fd, struct err *err)
{
	struct import_file *f = &im->file[im->n];
	struct maildir_name n;
	uint64_t size = item->size;
	char uidl[UIDL_MAX + 1];

	if (!im->batch_mem)
		im->batch_mem = arena_new(BATCH_MEM);
	n = maildir_name_read(item->name, &im->keywords, im->batch_mem);
	*f = (struct import_file){ fd, { .mailbox = im->here,
	    .flags = item->fresh ? 0 : n.flags,
	    .keywords = item->fresh ? STR_NULL : n.keywords,
	    .received = arrived(item, &n),
	    .label = import_label(item, im->batch_mem),
	    .uidl = str_dup(im->batch_mem, uidlist_find(im->uids, n.base,
		uidl)) } };
	source_of(f->m.source, (struct str[]){ STR("maildir"), im->folder,
	    n.base, str_make((const char *)&size, sizeof(size)) }, 4);
	*im->fd = -1;
	return ++im->n < IMPORT_BATCH ? 0 : import_maildir_flush(im, err);
}

static int
take_one(struct import *im, const struct import_file *f, struct err *err)
{
	struct err why = { 0 };
	int rc = import_whole(f->fd, (struct text_out){ import_crlf,
	    intake_text(im->in) }, &why);

	if (rc == 0)
		return intake_add(im->in, &f->m, err);
	carrier_problem(im->c, f->m.label, str_c(why.text));
	intake_forget(im->in);
	return 0;
}

int
import_maildir_flush(struct import *im, struct err *err)
{
	unsigned char sources[IMPORT_BATCH * SOURCE_LEN];
	bool known[IMPORT_BATCH];
	int rc = 0;

	if (im->n == 0)
		return 0;
	for (size_t i = 0; i < im->n; i++)
		memcpy(sources + i * SOURCE_LEN, im->file[i].m.source,
		    SOURCE_LEN);
	rc = intake_known(im->in, sources, im->n, known, err);
	for (size_t i = 0; i < im->n; i++) {
		if (rc == 0 && !known[i])
			rc = take_one(im, &im->file[i], err);
		(void)close(im->file[i].fd);
	}
	im->n = 0;
	arena_reset(im->batch_mem);
	return rc;
}
