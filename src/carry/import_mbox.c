/*
 * import_mbox.c - messages of an mbox: a batch of them is looked at, store says
 * which are new, and these are read.
 */
#include "carry/import_int.h"

enum { BATCH = 64, BATCH_MEM = 1 << 20 };

struct taking {
	struct import *im;
	const struct carrier_next_answer *item;
	struct str label;
	struct mbox mbox;
	struct mbox_message next;
	struct arena *mem;	/* of the batch */
	size_t n, seen;
	struct {
		struct mbox_message at;
		struct incoming m;
	} one[BATCH];
	unsigned char sources[BATCH * SOURCE_LEN];
	bool known[BATCH];
};

void
import_hash_begin(struct import_hash *h, struct str folder, struct str more)
{
	unsigned char source[SOURCE_LEN];
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);

	source_of(source, (struct str[]){ STR("octets"), folder, more }, 3);
	h->ctx = EVP_MD_CTX_new();
	bug_if(!h->ctx || !md || EVP_DigestInit_ex(h->ctx, md, NULL) != 1);
	EVP_MD_free(md);
	import_hash_put(h, str_make((const char *)source, sizeof(source)));
}

void
import_hash_put(void *hash, struct str octets)
{
	const struct import_hash *h = hash;

	bug_if(EVP_DigestUpdate(h->ctx, octets.p, octets.n) != 1);
}

void
import_hash_end(struct import_hash *h, unsigned char source[SOURCE_LEN])
{
	unsigned char out[EVP_MAX_MD_SIZE];

	bug_if(EVP_DigestFinal_ex(h->ctx, out, NULL) != 1);
	EVP_MD_CTX_free(h->ctx);
	memcpy(source, out, SOURCE_LEN);
}

/* The one that was found, into the batch. */
static int
look_at(struct taking *t, struct err *err)
{
	struct incoming *m = &t->one[t->n].m;
	struct import_hash hash;
	int64_t at = t->next.at;
	int rc;

	t->one[t->n].at = t->next;
	*m = (struct incoming){ .mailbox = t->im->here,
		.flags = t->next.flags,
		.keywords = str_dup(t->mem, buf_get(&t->next.keywords)),
		.received = at ? at : t->item->modified,
		.uidl = str_dup(t->mem, str_c(t->next.uidl)),
		.label = arena_printf(t->mem, "%.*s, message %zu",
		    STR_FMT(t->label),
		    t->seen) };
	import_hash_begin(&hash, t->im->folder, str_make((const char *)&at,
	    sizeof(at)));
	rc = mbox_text(&t->mbox, &t->next, (struct text_out){ import_hash_put,
	    &hash }, err);
	import_hash_end(&hash, m->source);
	memcpy(t->sources + t->n * SOURCE_LEN, m->source, SOURCE_LEN);
	t->n++;
	return rc;
}

static int
take_batch(struct taking *t, struct err *err)
{
	int rc = t->n == 0 ? 0 : intake_known(t->im->in, t->sources, t->n,
	    t->known, err);

	for (size_t i = 0; i < t->n && rc == 0; i++) {
		if (t->known[i])
			continue;
		rc = mbox_text(&t->mbox, &t->one[i].at, (struct text_out){
		    import_crlf, intake_text(t->im->in) }, err);
		if (rc == 0)
			rc = intake_add(t->im->in, &t->one[i].m, err);
	}
	t->n = 0;
	arena_reset(t->mem);
	return rc;
}

static int
take_all(struct taking *t, struct err *err)
{
	int rc;

	while ((rc = mbox_next(&t->mbox, &t->next, err)) > 0) {
		t->seen++;
		if (t->next.gone || t->next.begin >= t->next.end)
			continue;
		if ((rc = look_at(t, err)) < 0 ||
		    (t->n == BATCH && (rc = take_batch(t, err)) < 0))
			return rc;
	}
	return rc < 0 ? rc : take_batch(t, err);
}

int
import_mbox(struct import *im, const struct carrier_next_answer *item, int fd,
    struct err *err)
{
	struct taking *t = calloc(1, sizeof(*t));
	int rc;

	bug_if(!t);
	t->im = im;
	t->item = item;
	t->label = import_label(item, im->item_mem);
	t->mem = arena_new(BATCH_MEM);
	mbox_open(&t->mbox, (struct octets_at){ import_read, &fd },
	    item->size);
	rc = take_all(t, err);
	buf_free(&t->next.keywords);
	arena_free(t->mem);
	free(t);
	return rc;
}
