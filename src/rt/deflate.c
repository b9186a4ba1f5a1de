#include "rt/deflate.h"

#include <errno.h>
#include <zlib.h>

#include "base/buf.h"
#include "rt/stream_int.h"

enum {
	LEVEL = 3,
	WINDOW_BITS = 13,	/* and MEM_LEVEL: 32 KB and 16 KB, zconf.h */
	MEM_LEVEL = 5,
	WINDOW_BITS_MAX = 15,	/* of what comes: the other side chooses */
	CAME = 4096,
	PIECE = 16384,		/* compressed at once */
	EMPTY_MAX = 16,		/* times CAME octets without one of text */
};

struct deflated {
	struct transport t;	/* first */
	z_stream in, out;
	char *came;		/* what `in` has not taken is in it */
	bool full;		/* `in` may have more without another octet */
	bool over, broken;	/* as what came has said */
	struct buf packed;	/* from `sent` on to be sent, */
	size_t sent, accepted;	/* and of how many octets it was made */
};

static struct deflated *
deflated_of(struct transport *t)
{
	return container_of(t, struct deflated, t);
}

/* ---- reading ------------------------------------------------------------- */

static ssize_t
no_deflate(struct deflated *d)
{
	d->broken = true;
	errno = EBADMSG;
	return E_IO;
}

/* Octets for `in`, which has none: as of a transport's read. The room for them
 * goes as long as none come. */
static ssize_t
take_more(struct deflated *d)
{
	ssize_t n;

	if (!d->came)
		d->came = malloc(CAME);
	bug_if(!d->came);
	n = d->t.below->ops->read(d->t.below, d->came, CAME);
	if (n > 0) {
		d->in.next_in = (Bytef *)d->came;
		d->in.avail_in = (uInt)n;
		return n;
	}
	free(d->came);
	d->came = NULL;
	return n;
}

static ssize_t
deflated_read(struct transport *t, void *p, size_t n)
{
	struct deflated *d = deflated_of(t);
	int rc, reads = 0;
	ssize_t got;

	if (d->broken)
		return no_deflate(d);
	d->in.next_out = p;
	d->in.avail_out = (uInt)(n < PIECE ? n : PIECE);
	n = d->in.avail_out;
	while (!d->over) {
		if (d->in.avail_in == 0 && !d->full) {
			/* Blocks with nothing in them could go on for ever. */
			if (reads++ == EMPTY_MAX)
				return no_deflate(d);
			if ((got = take_more(d)) <= 0)
				return got;
		}
		rc = inflate(&d->in, Z_SYNC_FLUSH);
		d->full = d->in.avail_out == 0;
		d->over = rc == Z_STREAM_END;
		if (d->in.avail_out < n)
			return (ssize_t)(n - d->in.avail_out);
		if (rc != Z_OK && rc != Z_BUF_ERROR && rc != Z_STREAM_END)
			return no_deflate(d);
	}
	return 0;
}

/* ---- writing ------------------------------------------------------------- */

/* Each piece ends on an octet, so that the other side can read all of it. */
static void
pack(struct deflated *d, const char *p, size_t n)
{
	size_t room;

	n = n < PIECE ? n : PIECE;
	room = deflateBound(&d->out, n) + 64;
	d->packed.cap = room;
	d->out.next_out = (Bytef *)buf_room(&d->packed, room);
	bug_if(!d->out.next_out);
	d->out.avail_out = (uInt)room;
	d->out.next_in = (Bytef *)(uintptr_t)p;
	d->out.avail_in = (uInt)n;
	bug_if(deflate(&d->out, Z_SYNC_FLUSH) != Z_OK ||
	    d->out.avail_in > 0 || d->out.avail_out == 0);
	buf_added(&d->packed, room - d->out.avail_out);
	d->sent = 0;
	d->accepted = n;
}

/* Octets are written when what was made of them is: after E_AGAIN the same ones
 * come again. */
static ssize_t
deflated_write(struct transport *t, const void *p, size_t n)
{
	struct deflated *d = deflated_of(t);
	ssize_t rc;

	if (n == 0)
		return 0;
	if (d->accepted == 0)
		pack(d, p, n);
	while (d->sent < d->packed.n) {
		rc = d->t.below->ops->write(d->t.below, d->packed.p + d->sent,
		    d->packed.n - d->sent);
		if (rc < 0)
			return rc;
		d->sent += (size_t)rc;
	}
	n = d->accepted;
	d->accepted = 0;
	buf_free(&d->packed);
	return (ssize_t)n;
}

/* ---- the transport ------------------------------------------------------- */

static void
deflated_close(struct transport *t)
{
	struct deflated *d = deflated_of(t);

	d->t.below->ops->close(d->t.below);
	(void)inflateEnd(&d->in);
	(void)deflateEnd(&d->out);
	buf_free(&d->packed);
	free(d->came);
	free(d);
}

static const struct transport_ops deflated_ops = { deflated_read,
	deflated_write, deflated_close };

bool
stream_is_deflated(const struct stream *s)
{
	return stream_transport(s)->ops == &deflated_ops;
}

void
stream_deflate(struct stream *s)
{
	struct deflated *d = calloc(1, sizeof(*d));

	bug_if(!d || stream_is_deflated(s) || stream_buffered(s).n > 0);
	bug_if(inflateInit2(&d->in, -WINDOW_BITS_MAX) != Z_OK);
	bug_if(deflateInit2(&d->out, LEVEL, Z_DEFLATED, -WINDOW_BITS,
	    MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK);
	buf_init(&d->packed, PIECE);
	d->t.ops = &deflated_ops;
	transport_over(&d->t, stream_transport(s));
	stream_attach(s, &d->t);
}
