/*
 * cmd_retr.c - RETR and TOP: octets of a message.
 *
 * What cannot be read is refused before the first octet (message_read() looks
 * at all of it first). Should it fail behind that, the connection ends without
 * the last line: a client keeps nothing of it then, and comes again.
 */
#include "base/dots.h"
#include "mail/readable.h"
#include "pop3/pop3_int.h"

struct sending {
	struct pop3_session *s;
	struct dots dots;
	struct str first_line;	/* behind +OK */
	bool begun;
	bool cut;		/* behind the header, so many lines: */
	uint32_t lines_left;
	char last;		/* octet of the body before this piece */
};

/* How much of a piece of the body is of the lines that are wanted. */
static size_t
octets_wanted(struct sending *to, struct str piece)
{
	size_t n = 0;

	for (; n < piece.n && to->lines_left > 0; n++) {
		if (piece.p[n] == '\n' && to->last == '\r')
			to->lines_left--;
		to->last = piece.p[n];
	}
	return n;
}

static void
begin_sending(struct sending *to)
{
	if (!to->begun)
		pop3_begin_lines(to->s, to->first_line);
	to->begun = true;
}

/* 1: that was all that is wanted. */
static int
send_octets(void *arg, struct str octets, bool in_header)
{
	struct sending *to = arg;
	struct str slice;
	int e = 0;

	if (to->cut && !in_header)
		octets.n = octets_wanted(to, octets);
	begin_sending(to);
	dialogue_deadline(&to->s->d, POP3_COMMAND_MS);
	while (e == 0 && dots_next(&to->dots, &octets, &slice))
		e = stream_write(to->s->d.stream, slice);
	return e < 0 ? e : to->cut && !in_header && to->lines_left == 0;
}

/* A whole message, as it is. */
static int
send_body(void *arg, struct str octets)
{
	return send_octets(arg, octets, false);
}

/* RFC 6856 2.1: without UTF8 nobody is sent what is beyond ASCII in a header.
 * Who has said it gets octets as they are stored, for which no facts are
 * needed unless they are to be cut. */
static int
read_message(struct sending *to, uint32_t number, struct err *err)
{
	struct pop3_session *s = to->s;
	bool ascii = !s->utf8, facts = ascii || to->cut;
	struct mail_message m;
	struct fetch_row row;
	struct facts f;

	if (maildrop_get(&s->drop, number, WANT_HEAD |
	    (facts ? WANT_FACTS : 0), &row, s->cmd, err) < 0)
		return err->code;
	m = message_of(&s->account, s->drop.view.at.mailbox, &row);
	to->first_line = arena_printf(s->cmd, "%ju octets",
	    (uintmax_t)row.size);
	if (!facts)
		return message_read(&m, (struct octet_range){ 0, row.size },
		    send_body, to, err);
	if (message_facts(&m, s->cmd, &f, err) < 0)
		return err->code;
	if (to->cut && to->lines_left == 0)
		row.size = m.prefix_len + f.header_len;
	return message_read_text(&m, &f, row.size, ascii, send_octets, to,
	    err);
}

static struct answer
send_message(struct sending *to, uint32_t number)
{
	struct pop3_session *s = to->s;
	struct err err = { 0 };
	struct answer a;

	if (!maildrop_has(&s->drop, number))
		return ERR("There is no such message");
	if (read_message(to, number, &err) >= 0) {
		begin_sending(to);
		(void)pop3_say(s, dots_end(&to->dots));
		s->retrieved += !to->cut;
		return NO_ANSWER;
	}
	a = pop3_fail(s, to->cut ? "top" : "retr", &err);
	if (!to->begun)
		return a;
	pop3_end(s);
	return NO_ANSWER;
}

/* RETR msg                                                    RFC 1939 5 */
struct answer
pop3_retr(struct pop3_session *s, const struct pop3_params *p)
{
	struct sending to = { .s = s, .dots = DOTS_INIT };

	return send_message(&to, p->message);
}

/* TOP msg n                                                   RFC 1939 7 */
struct answer
pop3_top(struct pop3_session *s, const struct pop3_params *p)
{
	struct sending to = { .s = s, .dots = DOTS_INIT, .cut = true,
		.lines_left = p->lines };

	return send_message(&to, p->message);
}
