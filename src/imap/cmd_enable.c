/*
 * cmd_enable.c - ENABLE.
 */
#include "imap/imap_int.h"

static const struct {
	struct str name;
	uint32_t enables;	/* ENABLED_* */
} extensions[] = {
	{ STR("CONDSTORE"), ENABLED_CONDSTORE },
	{ STR("QRESYNC"), ENABLED_QRESYNC | ENABLED_CONDSTORE },
	{ STR("IMAP4rev2"), ENABLED_REV2 },
	{ STR("UTF8=ACCEPT"), ENABLED_UTF8 },
	{ STR("UIDONLY"), ENABLED_UIDONLY },
	{ STR("METADATA"), ENABLED_METADATA },
};

/* ENABLE capability ...: what is not known, or needs it not, is ignored, and
 * what was enabled before is not said again.                  RFC 5161 3.1 */
struct answer
imap_enable(struct imap_session *s, const struct imap_command *c)
{
	const struct enable_args *a = &c->args.enable;
	auto_buf b = BUF_INIT(1024);
	uint32_t before = s->enabled;
	struct err err = { 0 };

	buf_lit(&b, "* ENABLED");
	for (size_t i = 0; i < NELEM(extensions); i++) {
		bool named = false;

		for (size_t k = 0; k < a->n && !named; k++)
			named = str_eqi(a->name[k], extensions[i].name);
		if (!named || !(extensions[i].enables & ~before))
			continue;
		s->enabled |= extensions[i].enables;
		buf_chr(&b, ' ');
		buf_str(&b, extensions[i].name);
	}
	buf_lit(&b, "\r\n");
	imap_say(s, &b);
	if (s->enabled & ~before & ENABLED_CONDSTORE)
		imap_say_highest(s);
	if (s->enabled & ~before & ENABLED_METADATA) {
		imap_noted_begin(s);
		if (imap_watch(s, &err) < 0)
			return imap_fail(s, "watch", &err);
	}
	return OK("Enabled, as far as it needs to be");
}
