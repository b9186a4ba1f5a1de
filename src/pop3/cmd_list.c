/*
 * cmd_list.c - STAT, LIST, UIDL: what there is.
 */
#include "pop3/pop3_int.h"

enum { LINES_MAX = 32768, LINE_ROOM = 128 };

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
typedef void put_listing(struct buf *b, const struct maildrop *m,
    const struct fetch_row *row);

/* scan listing: the octets that RETR sends, dots that it doubles apart. */
static void
put_size(struct buf *b, const struct maildrop *m unused_arg,
    const struct fetch_row *row)
{
	buf_u64(b, row->size);
}

/* unique-id = 1*70%x21-7E: what IMAP promises never to use again. */
static void
put_uid(struct buf *b, const struct maildrop *m, const struct fetch_row *row)
{
	buf_u64(b, m->uidvalidity);
	buf_chr(b, '.');
	buf_u64(b, row->uid);
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
	put(&b, &s->drop, &row);
	a.text = str_dup(s->cmd, buf_get(&b));
	return a;
}

struct listing {
	struct pop3_session *s;
	put_listing *put;
	bool begun;
	struct buf lines;
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
	l->put(&l->lines, &l->s->drop, row);
	buf_lit(&l->lines, "\r\n");
	if (l->lines.n < LINES_MAX - LINE_ROOM)
		return 0;
	e = pop3_say(l->s, buf_get(&l->lines));
	buf_reset(&l->lines);
	return e;
}

static struct answer
list_all(struct pop3_session *s, put_listing *put)
{
	struct listing l = { s, put, false, BUF_INIT(LINES_MAX) };
	struct err err = { 0 };
	struct answer a = NO_ANSWER;
	int e = maildrop_walk(&s->drop, add_line, &l, &err);

	if (e < 0) {
		a = pop3_fail(s, "list", &err);
		/* Half of a list has no other end than this. */
		if (l.begun) {
			a = NO_ANSWER;
			pop3_end(s);
		}
	} else {
		begin_listing(&l);
		(void)pop3_say(s, buf_get(&l.lines));
		pop3_end_lines(s);
	}
	buf_free(&l.lines);
	return a;
}

/* LIST [msg]                                                  RFC 1939 5 */
struct answer
pop3_list(struct pop3_session *s, const struct pop3_params *p)
{
	return p->message ? list_one(s, p->message, put_size) :
	    list_all(s, put_size);
}

/* UIDL [msg]                                                  RFC 1939 7 */
struct answer
pop3_uidl(struct pop3_session *s, const struct pop3_params *p)
{
	return p->message ? list_one(s, p->message, put_uid) :
	    list_all(s, put_uid);
}
