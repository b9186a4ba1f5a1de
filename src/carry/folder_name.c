#include "carry/folder_name.h"

#include "imap/grammar/utf7.h"
#include "mail/mailbox_text.h"
#include "store/mailbox_name.h"
#include "store/messages.h"

/* Append what may stand in a level of a name. */
static void
put_level(struct buf *b, struct str level)
{
	uint32_t c;
	size_t n;

	if (b->n > 0)
		buf_chr(b, '/');
	for (; level.n > 0; level = str_from(level, n)) {
		n = str_utf8_char(level, &c);
		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) ||
		    c == 0x2028 || c == 0x2029 || c == '/')
			buf_chr(b, '_');
		else
			buf_str(b, str_first(level, n));
		n = n ? n : 1;
	}
}

/* Levels are put until there are as many as may be; no more octets either. */
static struct str
name_of(const struct buf *b, struct arena *a)
{
	struct str name = mailbox_text_name(str_dup(a, buf_get(b)), a);
	uint32_t c;
	size_t n = 0, one;

	if (name.n == 0)
		return STR("INBOX");
	while (n < name.n && (one = str_utf8_char(str_from(name, n), &c)) > 0 &&
	    n + one <= MAILBOX_NAME_MAX)
		n += one;
	while (n > 0 && name.p[n - 1] == '/')
		n--;
	return str_first(name, n);
}

/* A level as Maildir++ and IMAP write it. */
static void
put_utf7(struct buf *b, struct str level, struct arena *a)
{
	static const struct str dot = { "&AC4-", 5 };
	auto_buf plain = BUF_INIT(4096);
	struct str utf8;
	size_t at;

	/* A dot that separates no levels: export.c writes it so. */
	while ((at = str_find(level, dot)) < level.n) {
		buf_str(&plain, str_first(level, at));
		buf_chr(&plain, '.');
		level = str_from(level, at + dot.n);
	}
	buf_str(&plain, level);
	level = str_dup(a, buf_get(&plain));
	put_level(b, utf7_decode(level, a, &utf8) ? utf8 : level);
}

static struct str
of_levels(struct str path, char separator, struct arena *a)
{
	auto_buf b = BUF_INIT(4 * 4096);
	struct str level;
	size_t n = 0;

	while (path.n > 0) {
		(void)str_cut(path, separator, &level, &path);
		if (level.n == 0)
			continue;
		if (++n == MAILBOX_LEVELS_MAX) {
			struct str rest = str_make(level.p, level.n +
			    (path.n ? path.n + 1 : 0));

			put_utf7(&b, rest, a);
			break;
		}
		put_utf7(&b, level, a);
	}
	return name_of(&b, a);
}

struct str
folder_of_list(struct str name, char separator, struct arena *a)
{
	return of_levels(name, separator, a);
}

struct str
folder_of_maildir(struct str path, struct arena *a)
{
	return path.n > 0 && path.p[0] == '.' ? of_levels(path, '.', a) :
	    of_levels(path, '/', a);
}

/* Without the ending that says what it is. */
static struct str
without(struct str level, struct str ending)
{
	return level.n > ending.n && str_endsi(level, ending) ?
	    str_first(level, level.n - ending.n) : level;
}

struct str
folder_of_file(struct str path, struct arena *a)
{
	auto_buf b = BUF_INIT(4 * 4096);
	struct str level, rest = path;
	bool more = true, package = false;
	size_t n = 0;

	while (more && n < MAILBOX_LEVELS_MAX) {
		more = str_cut(rest, '/', &level, &rest);
		if (level.n == 0 || (!more && package &&
		    str_eqi(level, STR("mbox"))))
			continue;
		package = str_endsi(level, STR(".mbox"));
		put_level(&b, without(without(level, STR(".sbd")),
		    STR(".mbox")));
		n++;
	}
	return name_of(&b, a);
}

struct str
folder_below(struct str into, struct str name, struct arena *a)
{
	if (into.n == 0)
		return name;
	if (str_eq(name, STR("INBOX")))
		return into;
	return of_levels(arena_printf(a, "%.*s/%.*s", STR_FMT(into),
	    STR_FMT(name)), '/', a);
}

uint32_t
folder_use(struct str name)
{
	static const struct {
		const char *name;
		uint32_t use;
	} t[] = {
		{ "Sent", SPECIAL_sent }, { "Sent Items", SPECIAL_sent },
		{ "Sent Messages", SPECIAL_sent },
		{ "Sent Mail", SPECIAL_sent }, { "Sent-Mail", SPECIAL_sent },
		{ "Gesendet", SPECIAL_sent },
		{ "Gesendete Elemente", SPECIAL_sent },
		{ "Gesendete Objekte", SPECIAL_sent },
		{ "Éléments envoyés", SPECIAL_sent },
		{ "Messages envoyés", SPECIAL_sent },
		{ "Enviados", SPECIAL_sent },
		{ "Elementos enviados", SPECIAL_sent },
		{ "Posta inviata", SPECIAL_sent },
		{ "Verzonden items", SPECIAL_sent },
		{ "Drafts", SPECIAL_drafts }, { "Draft", SPECIAL_drafts },
		{ "Entwürfe", SPECIAL_drafts },
		{ "Brouillons", SPECIAL_drafts },
		{ "Borradores", SPECIAL_drafts }, { "Bozze", SPECIAL_drafts },
		{ "Concepten", SPECIAL_drafts },
		{ "Trash", SPECIAL_trash }, { "Bin", SPECIAL_trash },
		{ "Deleted Items", SPECIAL_trash },
		{ "Deleted Messages", SPECIAL_trash },
		{ "Papierkorb", SPECIAL_trash },
		{ "Gelöschte Elemente", SPECIAL_trash },
		{ "Gelöschte Objekte", SPECIAL_trash },
		{ "Corbeille", SPECIAL_trash }, { "Papelera", SPECIAL_trash },
		{ "Cestino", SPECIAL_trash },
		{ "Prullenbak", SPECIAL_trash },
		{ "Junk", SPECIAL_junk }, { "Spam", SPECIAL_junk },
		{ "Junk E-mail", SPECIAL_junk },
		{ "Junk Email", SPECIAL_junk }, { "Junk Mail", SPECIAL_junk },
		{ "Bulk Mail", SPECIAL_junk },
		{ "Archive", SPECIAL_archive },
		{ "Archives", SPECIAL_archive },
		{ "Archiv", SPECIAL_archive },
		{ "All Mail", SPECIAL_archive },
		{ "Alle Nachrichten", SPECIAL_archive },
	};
	static const struct str above[] = { { "[Gmail]/", 8 },
		{ "[Google Mail]/", 14 }, { "INBOX/", 6 } };

	for (size_t i = 0; i < NELEM(above); i++)
		if (str_starts(name, above[i]))
			name = str_from(name, above[i].n);
	for (size_t i = 0; i < NELEM(t); i++)
		if (str_eqi(name, str_c(t[i].name)))
			return t[i].use;
	return 0;
}
