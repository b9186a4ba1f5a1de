/*
 * One command line. A path that was understood must be understood again when
 * it is written the way we write it, as the same one.
 */
#include "base/err.h"
#include "smtp/grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_path(const struct path *p, struct arena *a)
{
	struct path again;

	if (p->domain.n == 0)
		return;
	bug_if(!smtp_mailbox(p->text, a, &again));
	bug_if(!str_eq(p->text, again.text));
	bug_if(!str_eq(p->local, again.local));
	bug_if(!str_eq(p->domain, again.domain));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str line = str_make((const char *)data,
	    size > SMTP_COMMAND_MAX ? SMTP_COMMAND_MAX : size);
	const unsigned all = WITH_DSN | WITH_UTF8 | WITH_LATER |
	    WITH_TLS | WITH_PRIORITY | WITH_PRDR | WITH_BY;
	struct arena *a = arena_new(1 << 20);
	struct smtp_command c;
	struct mail_args m;
	struct rcpt_args r;
	struct bdat_args chunk;
	struct burl_args burl;
	struct etrn_args etrn;
	struct who_args who;
	struct str name;

	if (smtp_command(line, &c)) {
		if (smtp_parse_mail(c.args, all, a, &m) == SYNTAX_OK) {
			check_path(&m.from, a);
			bug_if(!m.envelope.smtputf8 &&
			    !str_is_ascii(m.from.text));
			bug_if(m.envelope.priority < -PRIORITY_MAX ||
			    m.envelope.priority > PRIORITY_MAX);
			bug_if(m.envelope.envid.n > SMTP_MAIL_MAX_envid);
			bug_if(m.envelope.solicit.n > SMTP_MAIL_MAX_solicit);
			bug_if(m.by_s < -999999999 || m.by_s > 999999999);
			bug_if(m.envelope.by_mode & BY_return && m.by_s <= 0);
		}
		if (smtp_parse_rcpt(c.args, all, a, &r) == SYNTAX_OK) {
			check_path(&r.to, a);
			bug_if(!str_is_utf8(r.addressee.orcpt) &&
			    r.addressee.orcpt.n > 0);
			bug_if(r.addressee.orcpt.n > SMTP_RCPT_MAX_orcpt ||
			    r.addressee.notify > 14);
			bug_if(r.addressee.rrvs > RRVS_continue ||
			    r.addressee.valid_since < 0);
		}
		if (smtp_parse_rcpt(c.args, 0, a, &r) == SYNTAX_OK)
			bug_if(!str_is_ascii(r.to.text) || r.addressee.notify);
		if (smtp_parse_who(c.args, a, &who) == SYNTAX_OK)
			bug_if(who.who.text.n == 0 || (!who.smtputf8 &&
			    !str_is_ascii(who.who.text)));
		if (smtp_parse_bdat(c.args, &chunk))
			bug_if(!ascii_is_digit(c.args.p[0]));
		if (smtp_parse_burl(c.args, &burl))
			bug_if(burl.url.n == 0 || !str_is_ascii(burl.url));
		if (smtp_parse_etrn(c.args, a, &etrn) == SYNTAX_OK)
			bug_if(etrn.name.n == 0 || (etrn.what != ETRN_queue &&
			    !smtp_is_domain(etrn.name)));
		if (smtp_parse_helo(c.args, false, a, &name))
			bug_if(name.n == 0 || name.n > SMTP_DOMAIN_MAX ||
			    !str_is_ascii(name) || str_chr(name, ')') < name.n);
	}
	arena_free(a);
	return 0;
}
