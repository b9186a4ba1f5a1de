/*
 * cmd_hello.c - HELO and EHLO.                           RFC 5321 4.1.1.1
 */
#include "smtp/smtp_int.h"

enum { EHLO_MAX = 2048 };

static struct reply
bad_name(void)
{
	return smtp_reply(501, "5.5.4", "Syntax: EHLO name");
}

/* Both clear all state and buffers, as RSET does (4.1.4). */
static bool
hello(struct smtp_session *s, struct str args, bool esmtp)
{
	struct str name;

	if (!smtp_parse_helo(args, s->service->o.strict_helo, s->cmd, &name))
		return false;
	smtp_txn_end(s);
	/* RFC 2920 3.1: nothing comes behind it before its answer. */
	s->hasty |= stream_buffered(s->d.stream).n > 0;
	buf_reset(&s->helo);
	buf_str(&s->helo, name);
	s->helo_told = false;
	s->esmtp = esmtp;
	return true;
}

struct reply
smtp_helo(struct smtp_session *s, struct str args)
{
	if (!hello(s, args, false))
		return bad_name();
	return smtp_replyf(s->cmd, 250, NULL, "%.*s Hello %.*s [%s]",
	    STR_FMT(s->service->o.hostname), STR_FMT(buf_get(&s->helo)),
	    s->d.peer.address);
}

/* ehlo-ok-rsp: a line for us and one for each extension. */
struct reply
smtp_ehlo(struct smtp_session *s, struct str args)
{
	const struct smtp_options *o = &s->service->o;
	auto_buf b = BUF_INIT(EHLO_MAX);

	if (!hello(s, args, true))
		return bad_name();
	buf_printf(&b, "%.*s Hello %.*s [%s]", STR_FMT(o->hostname),
	    STR_FMT(buf_get(&s->helo)), s->d.peer.address);
	smtp_offer(s, &b);
	bug_if(buf_failed(&b));
	return (struct reply){ 250, NULL, str_dup(s->cmd, buf_get(&b)) };
}
