/*
 * input.c - from the stream to one gathered command.      RFC 3501 2.2.1, 4.3
 */
#include "imap/imap_int.h"

enum {
	DROP_MAX = 8,	/* times max_message */
	TAIL_MAX = 32,	/* of a dropped line: longer than a literal's head */
};

/* Read and drop n octets. */
static int
drop_octets(struct imap_session *s, uint64_t n, struct err *err)
{
	struct str octets;
	int e;

	pace_resume(&s->pace);
	while (n > 0) {
		if ((e = pace_peek(&s->pace, s->d.stream, &octets, err)) < 0)
			return e;
		octets.n = n < octets.n ? (size_t)n : octets.n;
		pace_count(&s->pace, octets.n);
		stream_eat(s->d.stream, octets.n);
		n -= octets.n;
	}
	return 0;
}

/* Read and drop a line; *tail is how it ends, and lives in `room`. Empty: it
 * ends inside DQUOTEs, and announces nothing. */
static int
drop_line(struct imap_session *s, char room[TAIL_MAX], struct str *tail,
    struct err *err)
{
	struct gather_quotes quotes = { 0 };
	struct str octets;
	const char *lf;
	size_t n = 0, more;
	int e;

	do {
		if ((e = pace_peek(&s->pace, s->d.stream, &octets, err)) < 0)
			return e;
		lf = memchr(octets.p, '\n', octets.n);
		octets.n = lf ? (size_t)(lf - octets.p) + 1 : octets.n;
		pace_count(&s->pace, octets.n);
		gather_quotes(&quotes, octets);
		more = octets.n < TAIL_MAX ? octets.n : TAIL_MAX;
		if (n > TAIL_MAX - more) {
			memmove(room, room + n - (TAIL_MAX - more),
			    TAIL_MAX - more);
			n = TAIL_MAX - more;
		}
		memcpy(room + n, octets.p + octets.n - more, more);
		n += more;
		stream_eat(s->d.stream, octets.n);
	} while (!lf);
	n -= n > 1 && room[n - 2] == '\r' ? 2 : 1;
	*tail = str_make(room, quotes.open ? 0 : n);
	return 0;
}

/* line: how a line ends that is outside of DQUOTEs there. */
static int
drop_literals(struct imap_session *s, struct str line, struct err *err)
{
	uint64_t left = s->service->max_message * DROP_MAX, n;
	char room[TAIL_MAX];
	bool sync;
	int e;

	/* Whoever waits for our "+" hears the refusal instead. */
	while (gather_literal(line, &n, &sync) && !sync) {
		if (n > left) {
			imap_bye(s, "[TOOBIG] The message is too large");
			return E_LIMIT;
		}
		left -= n;
		if ((e = drop_octets(s, n, err)) < 0 ||
		    (e = drop_line(s, room, &line, err)) < 0)
			return e;
	}
	return 0;
}

int
imap_drop_rest(struct imap_session *s, struct str line, struct err *err)
{
	return gather_ends_quoted(line) ? 0 : drop_literals(s, line, err);
}

int
imap_drop_announced(struct imap_session *s, struct err *err)
{
	return drop_literals(s, buf_get(&s->gather.text), err);
}

int
imap_drop_line(struct imap_session *s, struct err *err)
{
	char room[TAIL_MAX];
	struct str tail;
	int e = drop_line(s, room, &tail, err);

	return e < 0 ? e : drop_literals(s, tail, err);
}

static int
read_line(struct imap_session *s, struct err *err)
{
	struct gather *g = &s->gather;
	struct str line;
	int e = dialogue_line(&s->d, gather_line_room(g), &line, err);

	if (e == E_LIMIT) {
		g->state = GATHER_TOO_BIG;
		g->sync = true;
		/* Its tag is known, if no more of it. */
		if (g->text.n == 0)
			buf_str(&g->text, str_first(
			    stream_buffered(s->d.stream), TAG_MAX + 1));
		return imap_drop_line(s, err);
	}
	if (e < 0)
		return e;
	(void)gather_line(g, line);
	return 0;
}

static int
read_literal(struct imap_session *s, struct err *err)
{
	struct gather *g = &s->gather;
	struct str octets;
	int e;

	if (g->sync) {
		g->sync = false;
		if ((e = imap_continue(s, STR("Go ahead"))) < 0)
			return e;
	}
	if (g->n == 0) {
		(void)gather_octets(g, STR_NULL);
		return 0;
	}
	if ((e = stream_peek(s->d.stream, &octets, err)) < 0)
		return e;
	octets = str_first(octets, g->n < octets.n ? (size_t)g->n : octets.n);
	(void)gather_octets(g, octets);
	stream_eat(s->d.stream, octets.n);
	return 0;
}

int
imap_read_command(struct imap_session *s, struct err *err)
{
	struct gather *g = &s->gather;
	int e = 0;

	gather_reset(g);
	while (e >= 0 &&
	    (g->state == GATHER_LINE || g->state == GATHER_LITERAL)) {
		if (g->state == GATHER_LINE)
			e = read_line(s, err);
		else
			e = read_literal(s, err);
	}
	return e;
}

struct answer
imap_refuse_message(struct imap_session *s, struct answer a)
{
	struct err err = { 0 };

	if (s->gather.state != GATHER_MESSAGE)
		return a;
	if (imap_drop_announced(s, &err) < 0)
		return NO_ANSWER;
	return a;
}
