/*
 * cmd_retr.c - RETR and TOP: octets of a message.
 *
 * What cannot be read is refused before the first octet (message_read() looks
 * at all of it first). Should it fail behind that, the connection ends without
 * the last line: a client keeps nothing of it then, and comes again.
 */
#include "base/dots.h"
#include "mail/section.h"
#include "pop3/pop3_int.h"

struct sending {
	struct pop3_session *s;
	struct dots dots;
	struct str first_line;	/* behind +OK */
	bool begun;
	bool cut;		/* behind the header, so many lines: */
	uint64_t header_left;	/* octets */
	uint32_t lines_left;
	char last;		/* octet before this piece */
};

/* How much of a piece is of the header, or of the lines that are wanted. */
static size_t
octets_wanted(struct sending *to, struct str piece)
{
	size_t n = to->header_left < piece.n ? (size_t)to->header_left
					     : piece.n;

	to->header_left -= n;
	if (piece.n == 0)
		return 0;
	for (; n < piece.n && to->lines_left > 0; n++) {
		char before = n > 0 ? piece.p[n - 1] : to->last;

		if (piece.p[n] == '\n' && before == '\r')
			to->lines_left--;
	}
	to->last = piece.p[piece.n - 1];
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
send_octets(void *arg, struct str octets)
{
	struct sending *to = arg;
	struct str piece = octets, slice;
	int e = 0;

	if (to->cut)
		piece.n = octets_wanted(to, octets);
	begin_sending(to);
	dialogue_deadline(&to->s->d, POP3_COMMAND_MS);
	while (e == 0 && dots_next(&to->dots, &piece, &slice))
		e = stream_write(to->s->d.stream, slice);
	if (e < 0)
		return e;
	return to->cut && to->header_left == 0 && to->lines_left == 0;
}

static struct answer
send_message(struct sending *to, const struct mail_message *m,
    uint64_t octets)
{
	struct pop3_session *s = to->s;
	struct err err = { 0 };
	struct answer a = NO_ANSWER;
	int e = message_read(m, (struct octet_range){ 0, octets }, send_octets,
	    to, &err);

	if (e >= 0) {
		begin_sending(to);
		(void)pop3_say(s, dots_end(&to->dots));
		s->retrieved += !to->cut;
		return a;
	}
	a = pop3_fail(s, "retr", &err);
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
	struct fetch_row row;
	struct mail_message m;
	struct err err = { 0 };

	if (!maildrop_has(&s->drop, p->message))
		return ERR("There is no such message");
	if (maildrop_get(&s->drop, p->message, 0, &row, s->cmd, &err) < 0)
		return pop3_fail(s, "retr", &err);
	m = message_of(&s->account, s->drop.view.at.mailbox, &row);
	to.first_line = arena_printf(s->cmd, "%ju octets",
	    (uintmax_t)row.size);
	return send_message(&to, &m, row.size);
}

/* TOP msg n                                                   RFC 1939 7 */
struct answer
pop3_top(struct pop3_session *s, const struct pop3_params *p)
{
	struct sending to = { .s = s, .dots = DOTS_INIT, .cut = true,
		.lines_left = p->lines, .first_line = STR("Top of message") };
	struct fetch_row row;
	struct mail_message m;
	struct octet_range header = { 0 };
	struct err err = { 0 };
	struct facts f;

	if (!maildrop_has(&s->drop, p->message))
		return ERR("There is no such message");
	if (maildrop_get(&s->drop, p->message, WANT_FACTS, &row, s->cmd,
	    &err) < 0)
		return pop3_fail(s, "top", &err);
	m = message_of(&s->account, s->drop.view.at.mailbox, &row);
	if (message_facts(&m, s->cmd, &f, &err) < 0 ||
	    message_section(&m, &f, FACTS_HEADER, NULL, 0, &header, &err) < 0)
		return pop3_fail(s, "top", &err);
	to.header_left = header.len;
	return send_message(&to, &m, p->lines ? row.size : header.len);
}
