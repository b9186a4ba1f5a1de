/*
 * input.c - from the stream to one gathered command.      RFC 3501 2.2.1, 4.3
 */
#include "imap/imap_int.h"

enum { DROP_MAX = 8 };	/* times max_message */

static int
read_line(struct imap_session *s, struct err *err)
{
	struct gather *g = &s->gather;
	struct str line;
	int e = dialogue_line(&s->d, gather_line_room(g), &line, err);

	if (e == E_LIMIT) {
		g->state = GATHER_TOO_BIG;
		g->sync = true;
		return stream_skip_line(s->d.stream, err);
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

/* Read and drop n octets. */
static int
drop_octets(struct imap_session *s, uint64_t n, struct err *err)
{
	struct str octets;
	int e;

	while (n > 0) {
		dialogue_deadline(&s->d, IMAP_COMMAND_MS);
		if ((e = stream_peek(s->d.stream, &octets, err)) < 0)
			return e;
		octets.n = n < octets.n ? (size_t)n : octets.n;
		stream_eat(s->d.stream, octets.n);
		n -= octets.n;
	}
	return 0;
}

struct answer
imap_refuse_message(struct imap_session *s, struct answer a)
{
	struct err err = { 0 };

	if (s->gather.state != GATHER_MESSAGE || s->gather.sync)
		return a;
	if (s->gather.n / DROP_MAX > s->service->max_message) {
		imap_bye(s, "[TOOBIG] The message is too large");
		return NO_ANSWER;
	}
	if (drop_octets(s, s->gather.n, &err) < 0 ||
	    stream_skip_line(s->d.stream, &err) < 0)
		return NO_ANSWER;
	return a;
}
