#include "mime/mime_int.h"
#include "mime/record.h"

/* Extension data, which BODY lacks. The list of cuts alternates octets kept
 * with octets left out, so what it needs to know is where the last one
 * ended. */
struct structure_making {
	struct buf *out, *cuts;
	size_t base, kept_from;
};

static void
put_ext(struct structure_making *m, struct str ext)
{
	rec_put(m->cuts, m->out->n - m->base - m->kept_from);
	rec_put(m->cuts, ext.n);
	buf_str(m->out, ext);
	m->kept_from = m->out->n - m->base;
}

static void put_part(struct structure_making *m, const struct part *p);

/* body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
 * There must be one part at least: we say so if there is none. */
static void
put_multipart(struct structure_making *m, const struct part *p)
{
	if (!p->child)
		buf_lit(m->out, "(\"TEXT\" \"PLAIN\" (\"CHARSET\" "
				"\"US-ASCII\") NIL NIL \"7BIT\" 0 0)");
	for (const struct part *c = p->child; c; c = c->sibling)
		put_part(m, c);
	buf_chr(m->out, ' ');
	buf_str(m->out, p->head);
}

/* body-type-1part = (body-type-basic / body-type-msg / body-type-text)
 * [SP body-ext-1part] */
static void
put_single(struct structure_making *m, const struct part *p)
{
	buf_str(m->out, p->head);
	buf_chr(m->out, ' ');
	buf_u64(m->out, p->body_len);
	if (p->kind == PART_MESSAGE) {
		buf_chr(m->out, ' ');
		buf_str(m->out, p->child->envelope);
		buf_chr(m->out, ' ');
		put_part(m, p->child);
	}
	if (p->kind == PART_MESSAGE || p->text) {
		buf_chr(m->out, ' ');
		buf_u64(m->out, p->lines);
	}
}

static void
put_part(struct structure_making *m, const struct part *p)
{
	buf_chr(m->out, '(');
	if (p->kind == PART_MULTIPART)
		put_multipart(m, p);
	else
		put_single(m, p);
	put_ext(m, p->ext);
	buf_chr(m->out, ')');
}

void
structure_render(struct buf *out, const struct part *p, struct buf *cuts)
{
	struct structure_making m = { out, cuts, out->n, 0 };

	put_part(&m, p);
}
