/*
 * cmd_list.c - STAT, LIST, UIDL: what there is.
 */
#include "pop3/pop3_int.h"

enum { LINES_MAX = 32768, LINE_ROOM = 128, UIDLS_MEM = 256 * 1024 };

#define NO_SUCH ERR("There is no such message")

/* drop listing = "+OK" SP messages SP octets                  RFC 1939 5 */
struct answer
pop3_stat(struct pop3_session *s, const struct pop3_params *p unused_arg)
{
	struct answer a = OK("");
	struct err err = { 0 };
	uint64_t octets;

	if (maildrop_octets(&s->drop, &octets, &err) < 0)
		return pop3_fail(s, "stat", &err);
	a.text = arena_printf(s->cmd, "%u %ju", s->drop.n - s->drop.nmarked,
	    (uintmax_t)octets);
	return a;
}

/* What one message is, behind its number. */
typedef void put_listing(struct buf *b, const struct fetch_row *row);

/* scan listing: the octets that RETR sends, dots that it doubles apart. */
static void
put_size(struct buf *b, const struct fetch_row *row)
{
	buf_u64(b, row->size);
}

static struct answer
list_one(struct pop3_session *s, uint32_t number, put_listing *put)
{
	auto_buf b = BUF_INIT(LINE_ROOM);
	struct fetch_row row;
	struct err err = { 0 };
	struct answer a = OK("");

	if (!maildrop_has(&s->drop, number))
		return NO_SUCH;
	if (maildrop_get(&s->drop, number, 0, &row, s->cmd, &err) < 0)
		return pop3_fail(s, "list", &err);
	buf_u64(&b, number);
	buf_chr(&b, ' ');
	put(&b, &row);
	a.text = str_dup(s->cmd, buf_get(&b));
	return a;
}

struct listing {
	struct pop3_session *s;
	put_listing *put;
	bool begun;
	struct buf lines;
	struct err *err;
};

static void
begin_listing(struct listing *l)
{
	struct pop3_session *s = l->s;

	if (!l->begun)
		pop3_begin_lines(s, arena_printf(s->cmd, "%u messages",
		    s->drop.n - s->drop.nmarked));
	l->begun = true;
}

static int
add_line(void *arg, const struct fetch_row *row)
{
	struct listing *l = arg;
	int e = 0;

	begin_listing(l);
	buf_u64(&l->lines, row->seq);
	buf_chr(&l->lines, ' ');
	l->put(&l->lines, row);
	buf_lit(&l->lines, "\r\n");
	if (l->lines.n < LINES_MAX - LINE_ROOM)
		return 0;
	e = pop3_say(l->s, buf_get(&l->lines));
	buf_reset(&l->lines);
	return e;
}

/* e: what became of it. */
static struct answer
end_listing(struct listing *l, int e)
{
	struct pop3_session *s = l->s;
	struct answer a = NO_ANSWER;

	if (e < 0) {
		a = pop3_fail(s, "list", l->err);
		/* Half of a list has no other end than this. */
		if (l->begun) {
			a = NO_ANSWER;
			pop3_end(s);
		}
	} else {
		begin_listing(l);
		(void)pop3_say(s, buf_get(&l->lines));
		pop3_end_lines(s);
	}
	buf_free(&l->lines);
	return a;
}

static struct answer
list_all(struct pop3_session *s, put_listing *put)
{
	struct err err = { 0 };
	struct listing l = { s, put, false, BUF_INIT(LINES_MAX), &err };

	return end_listing(&l, maildrop_walk(&s->drop, add_line, &l, &err));
}

/* LIST [msg]                                                  RFC 1939 5 */
struct answer
pop3_list(struct pop3_session *s, const struct pop3_params *p)
{
	return p->message ? list_one(s, p->message, put_size) :
	    list_all(s, put_size);
}

/* ---- unique-ids ---------------------------------------------------------- */

/* Of a page of messages, before store has said what they brought along. */
struct uids {
	struct listing l;
	size_t n;
	uint32_t number[UIDLS_MAX], uid[UIDLS_MAX];
	uint64_t email[UIDLS_MAX];
	struct str uidl[UIDLS_MAX];
};

/* unique-id = 1*70%x21-7E: its own, or what IMAP promises never to use
 * again. */
static void
put_uid(struct buf *b, const struct maildrop *m, uint32_t number,
    uint32_t uid, struct str uidl)
{
	buf_u64(b, number);
	buf_chr(b, ' ');
	if (uidl.n > 0) {
		buf_str(b, uidl);
		return;
	}
	buf_u64(b, m->uidvalidity);
	buf_chr(b, '.');
	buf_u64(b, uid);
}

static int
put_uids(struct uids *u, struct err *err)
{
	struct pop3_session *s = u->l.s;
	struct arena *mem = arena_new(UIDLS_MEM);
	int e = maildrop_uidls(&s->drop, u->email, u->n, u->uidl, mem, err);

	for (size_t i = 0; i < u->n && e == 0; i++) {
		put_uid(&u->l.lines, &s->drop, u->number[i], u->uid[i],
		    u->uidl[i]);
		buf_lit(&u->l.lines, "\r\n");
		if (u->l.lines.n < LINES_MAX - LINE_ROOM)
			continue;
		e = pop3_say(s, buf_get(&u->l.lines));
		buf_reset(&u->l.lines);
	}
	u->n = 0;
	arena_free(mem);
	return e;
}

static int
add_uid(void *arg, const struct fetch_row *row)
{
	struct uids *u = arg;

	begin_listing(&u->l);
	u->number[u->n] = row->seq;
	u->uid[u->n] = row->uid;
	u->email[u->n++] = row->email;
	return u->n < UIDLS_MAX ? 0 : put_uids(u, u->l.err);
}

static struct answer
uidl_all(struct pop3_session *s)
{
	struct err err = { 0 };
	struct uids *u = calloc(1, sizeof(*u));
	struct answer a;
	int e;

	bug_if(!u);
	u->l = (struct listing){ s, NULL, false, BUF_INIT(LINES_MAX), &err };
	e = maildrop_walk(&s->drop, add_uid, u, &err);
	if (e == 0 && u->n > 0)
		e = put_uids(u, &err);
	a = end_listing(&u->l, e);
	free(u);
	return a;
}

static struct answer
uidl_one(struct pop3_session *s, uint32_t number)
{
	auto_buf b = BUF_INIT(LINE_ROOM);
	struct fetch_row row;
	struct err err = { 0 };
	struct answer a = OK("");
	struct str uidl;

	if (!maildrop_has(&s->drop, number))
		return NO_SUCH;
	if (maildrop_get(&s->drop, number, 0, &row, s->cmd, &err) < 0 ||
	    maildrop_uidls(&s->drop, &row.email, 1, &uidl, s->cmd, &err) < 0)
		return pop3_fail(s, "uidl", &err);
	put_uid(&b, &s->drop, number, row.uid, uidl);
	a.text = str_dup(s->cmd, buf_get(&b));
	return a;
}

/* UIDL [msg]                                                  RFC 1939 7 */
struct answer
pop3_uidl(struct pop3_session *s, const struct pop3_params *p)
{
	return p->message ? uidl_one(s, p->message) : uidl_all(s);
}
