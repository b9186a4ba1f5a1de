#include "mime/envelope.h"

#include "mime/address.h"
#include "mime/render.h"

struct envelope_making {
	struct buf *out;
	struct arena *a;
	size_t end; /* out->n must stay below, but for what closes it */
	size_t *max;
	bool cut;
};

/* address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
 * A group begins with its name as mailbox and ends with nothing at all; a
 * host that is missing is "", because NIL would begin a group. */
static void
put_address(struct buf *out, const struct address *x)
{
	if (x->kind == ADDRESS_GROUP_END) {
		buf_lit(out, "(NIL NIL NIL NIL)");
		return;
	}
	buf_chr(out, '(');
	if (x->kind == ADDRESS_GROUP) {
		buf_lit(out, "NIL NIL ");
		render_string(out, x->name);
		buf_lit(out, " NIL)");
		return;
	}
	render_nstring(out, x->name);
	buf_chr(out, ' ');
	render_nstring(out, x->route);
	buf_chr(out, ' ');
	render_string(out, x->mailbox);
	buf_chr(out, ' ');
	render_string(out, x->host);
	buf_chr(out, ')');
}

static bool
fits(struct envelope_making *m, size_t n)
{
	if (m->out->n < m->end && n < m->end - m->out->n)
		return true;
	m->cut = true;
	return false;
}

/* An upper bound of what a rendered address takes. */
static size_t
address_room(const struct address *x)
{
	return 48 + 2 * (x->name.n + x->route.n + x->mailbox.n + x->host.n);
}

/* False, and nothing written, if there is no address in it. */
static bool
put_list(struct envelope_making *m, struct str value)
{
	struct address_list l = address_parse(m->a, value, *m->max);
	bool in_group = false;

	*m->max -= l.n;
	m->cut |= l.truncated;
	if (l.n == 0)
		return false;
	buf_chr(m->out, '(');
	for (size_t i = 0; i < l.n; i++) {
		if (!fits(m, address_room(&l.v[i])))
			break;
		put_address(m->out, &l.v[i]);
		in_group = l.v[i].kind == ADDRESS_GROUP ||
		    (in_group && l.v[i].kind != ADDRESS_GROUP_END);
	}
	if (in_group)
		buf_lit(m->out, "(NIL NIL NIL NIL)");
	buf_chr(m->out, ')');
	return true;
}

static void
put_addresses(struct envelope_making *m, struct str value)
{
	size_t start = m->out->n;

	if (!put_list(m, value)) {
		buf_lit(m->out, "NIL");
	} else if (m->out->n == start + 2) {
		m->out->n = start; /* "()" is no address list */
		buf_lit(m->out, "NIL");
	}
}

static void
put_text(struct envelope_making *m, struct str value)
{
	if (value.p && fits(m, 2 * value.n + 32))
		render_string(m->out, header_unfold(m->a, value));
	else
		buf_lit(m->out, "NIL");
}

/* Sender and Reply-To are From's where they are missing. */
static void
put_or_from(struct envelope_making *m, struct str value, size_t from,
    size_t from_len)
{
	size_t start = m->out->n;
	char *room;

	put_addresses(m, value);
	if (m->out->n != start + 3) /* not NIL */
		return;
	if (!fits(m, from_len))
		return;
	m->out->n = start;
	room = buf_room(m->out, from_len);
	if (!room)
		return;
	memcpy(room, m->out->p + from, from_len);
	buf_added(m->out, from_len);
}

bool
envelope_render(struct buf *out, struct arena *a, const struct fields *f,
    size_t room, size_t *max)
{
	struct envelope_making m = { out, a, out->n + room, max, false };
	size_t from, from_len;

	buf_chr(out, '(');
	put_text(&m, f->v[F_DATE]);
	buf_chr(out, ' ');
	put_text(&m, f->v[F_SUBJECT]);
	buf_chr(out, ' ');
	from = out->n;
	put_addresses(&m, f->v[F_FROM]);
	from_len = out->n - from;
	for (enum field i = F_SENDER; i <= F_REPLY_TO; i++) {
		buf_chr(out, ' ');
		put_or_from(&m, f->v[i], from, from_len);
	}
	for (enum field i = F_TO; i <= F_BCC; i++) {
		buf_chr(out, ' ');
		put_addresses(&m, f->v[i]);
	}
	for (enum field i = F_IN_REPLY_TO; i <= F_MESSAGE_ID; i++) {
		buf_chr(out, ' ');
		put_text(&m, f->v[i]);
	}
	buf_chr(out, ')');
	return m.cut;
}
