#include "store/backup_name.h"

enum { HEX = 16, DAY = 10, PART_DIGITS = 6 };

/* As files are called: without capitals. */
static bool
is_hex_id(struct str s, uint64_t *id)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'F')
			return false;
	return s.n == HEX && str_hex64(s, id);
}

/* "2026-11-29" or "2026-11-29.1" */
static bool
is_day(struct str s, uint64_t *day, uint64_t *part)
{
	struct str rest = str_from(s, DAY);
	uint64_t v = 0;

	if (s.n < DAY)
		return false;
	for (size_t i = 0; i < DAY; i++) {
		bool dash = i == 4 || i == 7;

		if (dash ? s.p[i] != '-' : s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (!dash)
			v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*day = v;
	*part = 0;
	if (rest.n == 0)
		return true;
	return rest.p[0] == '.' && rest.n <= 1 + PART_DIGITS && rest.n > 1 &&
	    rest.p[1] != '0' && str_u64(str_from(rest, 1), part);
}

struct backup_name
backup_name_of(struct str name)
{
	struct str rest = str_from(name, 6);
	struct backup_name n = { BACKUP_no_name };

	if (str_eq(name, STR("postern.db")))
		n.kind = BACKUP_database;
	else if (str_eq(name, STR("vault.key")))
		n.kind = BACKUP_key;
	else if (str_starts(name, STR("packs/")) && is_hex_id(rest, &n.id))
		n.kind = BACKUP_pack;
	else if (str_starts(name, STR("blobs/")) && is_hex_id(rest, &n.id))
		n.kind = BACKUP_blob;
	else if (str_starts(name, STR("journal/")) &&
	    is_day(str_from(name, 8), &n.id, &n.part))
		n.kind = BACKUP_journal;
	return n;
}
