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
	struct arena *a = arena_new(1 << 20);
	struct smtp_command c;
	struct mail_args m;
	struct rcpt_args r;
	struct str name;

	if (smtp_command(line, &c)) {
		if (smtp_parse_mail(c.args, a, &m) == SYNTAX_OK)
			check_path(&m.from, a);
		if (smtp_parse_rcpt(c.args, a, &r) == SYNTAX_OK)
			check_path(&r.to, a);
		if (smtp_parse_helo(c.args, &name))
			bug_if(name.n == 0);
	}
	arena_free(a);
	return 0;
}
