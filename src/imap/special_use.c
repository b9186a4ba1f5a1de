/*
 * special_use.c - what a mailbox is for.                  RFC 6154 2
 */
#include "imap/imap_int.h"

static const struct {
	uint32_t special;
	struct str attribute;
} uses[] = {
	{ SPECIAL_sent, STR("\\Sent") },
	{ SPECIAL_drafts, STR("\\Drafts") },
	{ SPECIAL_trash, STR("\\Trash") },
	{ SPECIAL_junk, STR("\\Junk") },
	{ SPECIAL_archive, STR("\\Archive") },
};

void
imap_put_uses(struct buf *b, uint32_t special)
{
	for (size_t i = 0; i < NELEM(uses); i++) {
		if (!(special & uses[i].special))
			continue;
		buf_chr(b, ' ');
		buf_str(b, uses[i].attribute);
	}
}

uint32_t
imap_use_of(struct str attribute)
{
	for (size_t i = 0; i < NELEM(uses); i++) {
		if (str_eqi(uses[i].attribute, attribute))
			return uses[i].special;
	}
	return 0;
}
