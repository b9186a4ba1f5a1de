/* Every argument parser by the command it belongs to: for tests and fuzzing. */
#pragma once
#include "imap/grammar/args.h"

static const struct {
	struct str name;
	args_parser *parse;
} args_table[] = {
	{ STR("NOOP"), args_none },
	{ STR("LOGIN"), args_login },
	{ STR("AUTHENTICATE"), args_authenticate },
	{ STR("SELECT"), args_select },
	{ STR("CREATE"), args_create },
	{ STR("DELETE"), args_mailbox },
	{ STR("RENAME"), args_rename },
	{ STR("LIST"), args_list },
	{ STR("LSUB"), args_lsub },
	{ STR("STATUS"), args_status },
	{ STR("APPEND"), args_append },
	{ STR("APPEND-NEXT"), args_append_next },
	{ STR("REPLACE"), args_replace },
	{ STR("FETCH"), args_fetch },
	{ STR("STORE"), args_store },
	{ STR("COPY"), args_copy },
	{ STR("EXPUNGE"), args_uid_expunge },
	{ STR("SEARCH"), args_search },
	{ STR("ESEARCH"), args_esearch },
	{ STR("SORT"), args_sort },
	{ STR("THREAD"), args_thread },
	{ STR("ID"), args_id },
	{ STR("NOTIFY"), args_notify },
	{ STR("ENABLE"), args_enable },
	{ STR("LANGUAGE"), args_words },
	{ STR("CANCELUPDATE"), args_words },
	{ STR("COMPRESS"), args_atom },
	{ STR("GETQUOTA"), args_getquota },
	{ STR("SETQUOTA"), args_setquota },
	{ STR("GETMETADATA"), args_getmetadata },
	{ STR("SETMETADATA"), args_setmetadata },
	{ STR("SETACL"), args_setacl },
	{ STR("DELETEACL"), args_deleteacl },
	{ STR("RESETKEY"), args_resetkey },
	{ STR("GENURLAUTH"), args_genurlauth },
	{ STR("URLFETCH"), args_urlfetch },
};

/* Parse "NAME args". */
static inline bool
args_table_parse(struct scan *s, union args *out)
{
	struct str name = scan_atom(s);

	for (size_t i = 0; i < NELEM(args_table); i++) {
		if (str_eqi(args_table[i].name, name)) {
			args_table[i].parse(s, out);
			return scan_ok(s);
		}
	}
	return false;
}
