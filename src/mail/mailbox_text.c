#include "mail/mailbox_text.h"

#include <stdlib.h>
#include <uninorm.h>

#include "base/err.h"

static struct str
composed(struct str text, struct arena *a)
{
	size_t n = 0;
	uint8_t *nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)text.p,
	    text.n, NULL, &n);
	struct str name;

	bug_if(!nfc);
	name = str_dup(a, str_make((const char *)nfc, n));
	free(nfc);
	return name;
}

struct str
mailbox_text_name(struct str text, struct arena *a)
{
	size_t level = str_chr(text, '/');
	struct str first = str_first(text, level);

	if (!str_is_utf8(text))
		return STR_NULL;
	if (!str_is_ascii(text))
		text = composed(text, a);
	if (!str_eqi(first, STR("INBOX")) || str_eq(first, STR("INBOX")))
		return text;
	return arena_printf(a, "INBOX%.*s", STR_FMT(str_from(text, level)));
}
