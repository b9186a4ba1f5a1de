/*
 * cmd_xclient.c - XCLIENT and XFORWARD: a server in front says for whom it
 * comes, or who gave it a message. Only those that the operator names may; to
 * others these are no commands.
 */
#include "rt/listeners.h"
#include "smtp/smtp_int.h"

enum { FORWARDED_MEM = 8192 };

/* By address; a socket in the file system has none. */
static bool
comes_from(const struct smtp_session *s, struct str networks)
{
	struct ip ip;

	return networks.n > 0 && ip_parse(str_c(s->d.peer.address), &ip) &&
	    ip_is_among(&ip, networks);
}

/* Once it was said, what comes may be the client's own words: proxies pass them
 * on from there. */
bool
smtp_xclient_offered(const struct smtp_session *s)
{
	return !s->by[0] && comes_from(s, s->service->o.xclient_peers);
}

void
smtp_xclient_say(const struct smtp_session *s unused_arg, struct buf *b)
{
	smtp_put_xclient_names(b);
}

bool
smtp_xforward_offered(const struct smtp_session *s)
{
	/* Who can open such a socket is in front. */
	return comes_from(s, s->service->o.xforward_peers) ||
	    (s->service->o.lmtp &&
		str_eq(str_c(s->d.peer.address), STR(PEER_UNIX)));
}

void
smtp_xforward_say(const struct smtp_session *s unused_arg, struct buf *b)
{
	smtp_put_xforward_names(b);
}

/* XCLIENT ------------------------------------------------------------------ */

static void
note_xclient(struct smtp_session *s, const struct xclient *x)
{
	log_ctx_event(&s->d.log, LOG_INFO, "xclient",
	    F_STR("address", x->value[XCLIENT_ADDR]),
	    F_STR("port", x->value[XCLIENT_PORT]),
	    F_STR("name", x->value[XCLIENT_NAME]),
	    F_STR("helo", x->value[XCLIENT_HELO]),
	    F_STR("to", x->value[XCLIENT_DESTADDR]));
}

static void
set_address(char to[46], struct str address)
{
	if (address.n > 0)
		(void)snprintf(to, 46, "%.*s", STR_FMT(address));
}

static void
set_port(uint16_t *to, struct str port)
{
	uint32_t n;

	if (str_u32(port, &n))
		*to = (uint16_t)n;
}

/* Who it is from here on, for limits, bans, logs, and all that is decided by
 * address. Code 0: that is somebody who may come in. Where the peer does not
 * know who its client is, it is itself. */
static struct reply
become(struct smtp_session *s, const struct xclient *x)
{
	struct peer who = s->d.peer;
	auto_buf why = BUF_INIT(REFUSAL_WORDS_MAX);
	enum limit by = LIMIT_NONE;
	bool for_good = false;

	if (xclient_says(x, XCLIENT_ADDR))
		(void)snprintf(s->by, sizeof(s->by), "%s", who.address);
	set_address(who.address, x->value[XCLIENT_ADDR]);
	set_address(who.local, x->value[XCLIENT_DESTADDR]);
	set_port(&who.port, x->value[XCLIENT_PORT]);
	set_port(&who.local_port, x->value[XCLIENT_DESTPORT]);
	if (who.visit && x->value[XCLIENT_ADDR].n > 0)
		by = visit_of_other(who.visit, who.address, &why, &for_good);
	dialogue_is_of(&s->d, &who);
	smtp_know_host(s);
	if (by == LIMIT_NONE)
		return SMTP_NO_REPLY;
	s->leaving = true;
	return smtp_replyf(s->cmd, for_good ? 554 : 421,
	    for_good ? "5.7.1" : "4.7.0", "%.*s", STR_FMT(buf_get(&why)));
}

/* What HELO would have said: a command of its own may have said it before. */
static struct str
hello_of(const struct smtp_session *s, const struct xclient *x)
{
	struct str name;

	if (xclient_says(x, XCLIENT_HELO))
		return smtp_parse_helo(x->value[XCLIENT_HELO], false, s->cmd,
		    &name) ? name : STR_NULL;
	return s->helo_told ? str_dup(s->cmd, buf_get(&s->helo)) : STR_NULL;
}

/* XCLIENT 1*(SP attribute-name "=" attribute-value). The session begins anew,
 * with a greeting, as that of whom it names. */
struct reply
smtp_xclient(struct smtp_session *s, struct str args)
{
	bool esmtp = s->esmtp;
	struct reply no;
	struct xclient x;
	struct str name;

	if (!smtp_parse_xclient(args, s->cmd, &x))
		return smtp_reply(501, "5.5.4", "Syntax: XCLIENT name=value "
		    "...");
	/* Nobody is let in without a password, whoever vouches. */
	if (x.value[XCLIENT_LOGIN].n > 0)
		return smtp_reply(550, "5.7.1", "Who logs in does so here");
	note_xclient(s, &x);
	name = hello_of(s, &x);
	smtp_forget(s);
	buf_str(&s->helo, name);
	s->helo_told = name.n > 0;
	s->esmtp = x.value[XCLIENT_PROTO].n > 0 ?
	    !str_eqi(x.value[XCLIENT_PROTO], STR("SMTP")) : esmtp;
	s->hasty = false;
	no = become(s, &x);
	if (no.code)
		return no;
	return (struct reply){ 220, NULL, smtp_greeting(s) };
}

/* XFORWARD ----------------------------------------------------------------- */

void
smtp_forget_forwarded(struct smtp_session *s)
{
	arena_free(s->forwarded_mem);
	s->forwarded_mem = NULL;
	s->forwarded = (struct xclient){ 0 };
}

/* XFORWARD 1*(SP attribute-name "=" attribute-value): of the next message, in
 * as many commands as it takes. */
struct reply
smtp_xforward(struct smtp_session *s, struct str args)
{
	struct arena *mem;
	struct xclient all = s->forwarded, x;

	if (!smtp_parse_xforward(args, s->cmd, &x))
		return smtp_reply(501, "5.5.4", "Syntax: XFORWARD name=value "
		    "...");
	xclient_add(&all, &x);
	mem = arena_new(FORWARDED_MEM);
	for (size_t i = 0; i < XCLIENT_ATTRIBUTES; i++)
		all.value[i] = str_dup(mem, all.value[i]);
	smtp_forget_forwarded(s);
	s->forwarded_mem = mem;
	s->forwarded = all;
	return smtp_reply(250, "2.0.0", "Ok");
}

/* Both --------------------------------------------------------------------- */

struct str
smtp_via(const struct smtp_session *s, struct arena *a)
{
	auto_buf b = BUF_INIT(4096);

	if (s->by[0])
		buf_printf(&b, "XCLIENT of %s", s->by);
	if (s->forwarded_mem) {
		if (s->by[0])
			buf_lit(&b, ", ");
		buf_lit(&b, "XFORWARD");
		smtp_put_xclient_words(&b, &s->forwarded);
	}
	return str_dup(a, str_first(buf_get(&b), VIA_MAX));
}
