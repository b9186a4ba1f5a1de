#include "rt/gzip.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/err.h"

enum {
	GZIP_FORMAT = 16,	/* zlib.h: added to windowBits */
	GZIP_MEMORY = 8,	/* zlib's default */
	GZIP_PIECE = 16384,
};

struct gzip {
	z_stream z;
};

struct gzip *
gzip_new(void)
{
	struct gzip *g = calloc(1, sizeof(*g));

	bug_if(!g);
	bug_if(deflateInit2(&g->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
	    MAX_WBITS + GZIP_FORMAT, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK);
	return g;
}

static void
step(struct gzip *g, int flush, struct buf *out)
{
	char *p;

	do {
		if (!(p = buf_room(out, GZIP_PIECE)))
			return;
		g->z.next_out = (Bytef *)p;
		g->z.avail_out = GZIP_PIECE;
		bug_if(deflate(&g->z, flush) == Z_STREAM_ERROR);
		buf_added(out, GZIP_PIECE - g->z.avail_out);
	} while (g->z.avail_out == 0);
}

void
gzip_more(struct gzip *g, struct str octets, struct buf *out)
{
	g->z.next_in = (Bytef *)(uintptr_t)octets.p;
	g->z.avail_in = (uInt)octets.n;
	step(g, Z_NO_FLUSH, out);
}

void
gzip_end(struct gzip *g, struct buf *out)
{
	g->z.avail_in = 0;
	step(g, Z_FINISH, out);
	(void)deflateEnd(&g->z);
	free(g);
}

static int
inflate_all(z_stream *z, struct buf *out, struct err *err)
{
	int rc = Z_OK;

	while (rc == Z_OK) {
		size_t n = out->cap - out->n;
		char *p;

		n = n < GZIP_PIECE ? n : GZIP_PIECE;
		p = n > 0 ? buf_room(out, n) : NULL;
		if (!p)
			return err_set(err, E_LIMIT, "it has more than %zu "
			    "octets", out->cap);
		z->next_out = (Bytef *)p;
		z->avail_out = (uInt)n;
		rc = inflate(z, Z_NO_FLUSH);
		buf_added(out, n - z->avail_out);
	}
	return rc == Z_STREAM_END ? 0 :
	    err_set(err, E_INVALID, "its gzip is damaged or cut short");
}

int
gzip_unpack(struct str octets, struct buf *out, struct err *err)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)octets.p,
		.avail_in = (uInt)octets.n };
	int rc;

	bug_if(inflateInit2(&z, MAX_WBITS + GZIP_FORMAT) != Z_OK);
	rc = inflate_all(&z, out, err);
	(void)inflateEnd(&z);
	return rc;
}
