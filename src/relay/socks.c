#include "relay/socks.h"

#include "base/rd.h"

/* RFC 1928 3 to 6, RFC 1929 2 */
enum {
	VERSION = 5, LOGIN_VERSION = 1,
	METHOD_NONE = 0, METHOD_LOGIN = 2, METHOD_NO = 0xff,
	CONNECT = 1, ADDRESS_V4 = 1, ADDRESS_NAME = 3, ADDRESS_V6 = 4,
	REPLY_FIXED = 5,	/* with the first octet of its address */
};

void
socks_begin(struct socks *s, struct str user, struct str password,
    const struct host_address *to, uint16_t port, struct buf *say)
{
	const bool login = user.n > 0;

	*s = (struct socks){ .user = user, .password = password, .to = *to,
		.port = port };
	buf_chr(say, VERSION);
	buf_chr(say, login ? 2 : 1);
	buf_chr(say, METHOD_NONE);
	if (login)
		buf_chr(say, METHOD_LOGIN);
}

static enum socks_state
ends(struct socks *s, enum socks_state state, const char *why)
{
	s->why = why;
	return state;
}

static void
say_connect(struct socks *s, struct buf *say)
{
	s->step = SOCKS_REPLY;
	s->asked = true;
	buf_chr(say, VERSION);
	buf_chr(say, CONNECT);
	buf_chr(say, 0);
	buf_chr(say, s->to.v6 ? ADDRESS_V6 : ADDRESS_V4);
	buf_put(say, s->to.octets, s->to.v6 ? 16 : 4);
	buf_chr(say, (char)(s->port >> 8));
	buf_chr(say, (char)(s->port & 0xff));
}

static void
say_login(struct socks *s, struct buf *say)
{
	struct str user = str_first(s->user, SOCKS_WORD_MAX);
	struct str password = str_first(s->password, SOCKS_WORD_MAX);

	s->step = SOCKS_LOGIN;
	buf_chr(say, LOGIN_VERSION);
	buf_chr(say, (char)user.n);
	buf_str(say, user);
	buf_chr(say, (char)password.n);
	buf_str(say, password);
}

/* Both octets are there, of this step and of the next. */
static enum socks_state
on_method(struct socks *s, struct buf *say)
{
	if (s->octets[0] != VERSION)
		return ends(s, SOCKS_BAD, "it speaks no SOCKS 5");
	if (s->octets[1] == METHOD_NONE)
		say_connect(s, say);
	else if (s->octets[1] == METHOD_LOGIN && s->user.n > 0)
		say_login(s, say);
	else if (s->octets[1] == METHOD_NO && s->user.n == 0)
		return ends(s, SOCKS_LOCKED, "it wants a login");
	else if (s->octets[1] == METHOD_NO)
		return ends(s, SOCKS_LOCKED, "it takes no user and password");
	else
		return ends(s, SOCKS_BAD, "it wants a login that was not "
		    "offered");
	return SOCKS_MORE;
}

static enum socks_state
on_login(struct socks *s, struct buf *say)
{
	if (s->octets[0] != LOGIN_VERSION)
		return ends(s, SOCKS_BAD, "its answer to the login makes no "
		    "sense");
	if (s->octets[1] != 0)
		return ends(s, SOCKS_LOCKED, "it refuses the login");
	say_connect(s, say);
	return SOCKS_MORE;
}

/* What its second octet says, as soon as that is there: a proxy that refuses
 * may close before the rest.                            RFC 1928 6 */
static enum socks_state
on_reply(struct socks *s)
{
	static const struct {
		enum socks_state state;
		const char *why;
	} t[] = {
		{ SOCKS_MORE, NULL },
		{ SOCKS_REFUSED, "general failure" },
		{ SOCKS_REFUSED, "not allowed by its rules" },
		{ SOCKS_UNREACHED, "network unreachable" },
		{ SOCKS_UNREACHED, "host unreachable" },
		{ SOCKS_UNREACHED, "connection refused" },
		{ SOCKS_UNREACHED, "time to live expired" },
		{ SOCKS_REFUSED, "it connects nobody" },
		{ SOCKS_REFUSED, "it knows no such addresses" },
	};
	const uint8_t code = s->octets[1];

	if (s->octets[0] != VERSION)
		return ends(s, SOCKS_BAD, "its reply makes no sense");
	return code < NELEM(t) ? ends(s, t[code].state, t[code].why) :
	    ends(s, SOCKS_REFUSED, "for a reason that nobody knows");
}

/* The octets of a reply, once its first five are there. 0: no such kind of
 * address. */
static size_t
reply_length(const struct socks *s)
{
	const size_t fixed = 4, port = 2;

	switch (s->octets[3]) {
	case ADDRESS_V4:
		return fixed + 4 + port;
	case ADDRESS_V6:
		return fixed + 16 + port;
	case ADDRESS_NAME:
		return fixed + 1 + s->octets[4] + port;
	default:
		return 0;
	}
}

static enum socks_state
take_octet(struct socks *s, uint8_t c, struct buf *say)
{
	const enum socks_step step = s->step;
	enum socks_state state = SOCKS_MORE;

	if (s->n < sizeof(s->octets))
		s->octets[s->n] = c;
	s->n++;
	if (s->n == 2) {
		state = step == SOCKS_METHOD ? on_method(s, say) :
		    step == SOCKS_LOGIN ? on_login(s, say) : on_reply(s);
		if (step != SOCKS_REPLY)
			s->n = 0;
	} else if (step == SOCKS_REPLY && s->n >= REPLY_FIXED) {
		if (reply_length(s) == 0)
			return ends(s, SOCKS_BAD, "its reply makes no sense");
		if (s->n == reply_length(s))
			return SOCKS_OPEN;
	}
	return state;
}

enum socks_state
socks_feed(struct socks *s, struct str octets, size_t *used, struct buf *say)
{
	struct rd rd = rd_of(octets);

	while (s->state == SOCKS_MORE && rd_left(&rd) > 0)
		s->state = take_octet(s, (uint8_t)rd_next(&rd), say);
	*used = octets.n - rd_left(&rd);
	return s->state;
}
