#include "mime/envelope.h"

#include "mime/address.h"
#include "mime/record.h"

struct envelope_making {
	struct buf *out;
	struct arena *a;
	const struct fields *f;
	size_t room; /* left */
	size_t *max;
	bool cut;
};

static void
put_text(struct envelope_making *m, struct str value)
{
	struct str text = value.p ? header_unfold(m->a, value) : STR_NULL;

	if (text.n > m->room) {
		m->cut = true;
		text = STR_NULL;
	}
	m->room -= text.n;
	rec_put_opt(m->out, text);
}

static void
put_address(struct buf *list, const struct address *x)
{
	rec_put(list, x->kind);
	if (x->kind == ADDRESS_GROUP)
		rec_put_str(list, x->name);
	if (x->kind != ADDRESS_MAILBOX)
		return;
	rec_put_opt(list, x->name);
	rec_put_opt(list, x->route);
	rec_put_str(list, x->mailbox);
	rec_put_str(list, x->host);
}

/* What one field says; groups stay whole pairs also where there is no room
 * for all that is in them. */
static void
put_value(struct envelope_making *m, struct str value, struct buf *list)
{
	static const struct address end = { .kind = ADDRESS_GROUP_END };
	struct address_list l = address_parse(m->a, value, *m->max);
	bool in_group = false;

	/* Room for it has been left: see the cap of the list. */
	*m->max -= l.n;
	m->cut |= l.truncated;
	for (size_t i = 0; i < l.n; i++) {
		size_t before = list->n;

		put_address(list, &l.v[i]);
		if (list->n >= m->room || buf_failed(list)) {
			list->n = before;
			list->failed = false;
			m->cut = true;
			break;
		}
		if (l.v[i].kind != ADDRESS_MAILBOX)
			in_group = l.v[i].kind == ADDRESS_GROUP;
	}
	if (in_group)
		put_address(list, &end);
}

/* RFC 5322 4.5.3: several fields of recipients are one list. Of those that
 * say whose it is the first counts. */
static void
put_addresses(struct envelope_making *m, enum field which)
{
	auto_buf list = BUF_INIT(m->room + 64);
	bool many = which >= F_TO && (m->f->again & 1u << which);
	struct str rest = m->f->block, value = m->f->v[which];

	if (!many)
		put_value(m, value, &list);
	while (many && fields_next(&rest, which, &value))
		put_value(m, value, &list);
	m->room -= list.n < m->room ? list.n : m->room;
	rec_put_list(m->out, &list);
}

bool
envelope_write(struct buf *out, struct arena *a, const struct fields *f,
    size_t room, size_t *max)
{
	struct envelope_making m = { out, a, f, room, max, false };

	put_text(&m, f->v[F_DATE]);
	put_text(&m, f->v[F_SUBJECT]);
	for (enum field i = F_FROM; i <= F_BCC; i++)
		put_addresses(&m, i);
	put_text(&m, f->v[F_IN_REPLY_TO]);
	put_text(&m, f->v[F_MESSAGE_ID]);
	return m.cut;
}
