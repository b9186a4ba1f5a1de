#include "policy/file_look.h"

#include <stdlib.h>

#include "base/err.h"
#include "policy/zip_walk.h"

enum {
	DEPTH_MAX = 2,		/* a file in an archive in an archive */
	FEW_FILES = 5,		/* an archive of so few is a wrapping */
	ISO_AT = 32769,		/* ECMA-119 8: behind 16 sectors and an octet */
	ISO_LEN = 5,
	LABEL_MAX = 100,
	TAIL = 63,		/* octets that a longer text may begin in */
};

struct file_look {
	struct file_finds *finds;
	unsigned depth;
	struct file_name name;
	char label[LABEL_MAX];
	char head[FILE_HEAD];
	size_t nhead;
	uint64_t seen;
	enum file_format format;
	bool over;		/* no more is needed */
	char iso[ISO_LEN];
	/* Of an archive. */
	struct zip_walk *zip;
	unsigned nlocal, ncentral;	/* files; entries of the directory */
	struct file_find script;	/* the first one in it */
	struct file_look *entry;	/* the one that is being looked at */
	/* Of an OLE document: the end of what has come. */
	char tail[TAIL];
	size_t ntail;
};

/* ---- what is said of it ------------------------------------------------- */

static void
put_label(char *out, size_t size, const char *before, struct str name)
{
	size_t n = 0;

	for (; *before && n + 3 < size; before++)
		out[n++] = *before;
	if (n > 0) {
		out[n++] = ':';
		out[n++] = ' ';
	}
	for (size_t i = 0; i < name.n && n + 1 < size; i++)
		out[n++] = name.p[i] < ' ' || name.p[i] > '~' ||
		    strchr("()\\;", name.p[i]) ? '?' : name.p[i];
	out[n] = '\0';
}

static void
fill_find(struct file_find *find, enum file_class class, const char *label,
    const char *format, bool hides)
{
	auto_buf b = BUF_INIT(LOOK_WHY_MAX - 1);

	if (find->is) {
		find->hides |= hides;
		return;
	}
	buf_printf(&b, "%s", label[0] ? label : "a file without a name");
	buf_printf(&b, ": %s", file_class_name(class));
	if (format[0])
		buf_printf(&b, " %s", format);
	if (hides)
		buf_lit(&b, " under a false name");
	find->is = true;
	find->hides = hides;
	memcpy(find->why, b.p, b.n);
}

static void
note(struct file_look *l, enum file_class class, const char *format)
{
	bool runs = class == FILE_PROGRAM || class == FILE_SCRIPT;

	if (class != FILE_PLAIN)
		fill_find(&l->finds->of[class], class, l->label, format,
		    l->name.hides || (runs && l->name.harmless));
}

/* By its name alone. */
static void
note_name(struct file_finds *finds, struct file_name name, const char *label)
{
	if (name.class != FILE_PLAIN)
		fill_find(&finds->of[name.class], name.class, label, "",
		    name.hides);
}

/* ---- archives ----------------------------------------------------------- */

static struct file_look *
look_new(struct file_finds *finds, unsigned depth, const char *label,
    struct str name)
{
	struct file_look *l = calloc(1, sizeof(*l));

	bug_if(!l);
	l->finds = finds;
	l->depth = depth;
	l->name = file_name_read(name);
	put_label(l->label, sizeof(l->label), label, name);
	return l;
}

/* What the parts of a document are called that are programs. */
static bool
is_macro_part(struct str name)
{
	return str_endsi(name, STR("vbaProject.bin")) ||
	    str_findi(name, STR("macrosheets/")) < name.n;
}

/* Many archives hold scripts for good reasons, of programs that people work on.
 * One that holds a script and little else wants it to be clicked. */
static void
note_entry(struct file_look *l, const struct zip_entry *e)
{
	struct file_name name = file_name_read(e->name);
	char label[LABEL_MAX];

	put_label(label, sizeof(label), l->label, e->name);
	if (name.class == FILE_SCRIPT)
		fill_find(&l->script, FILE_SCRIPT, label, "", name.hides);
	else
		note_name(l->finds, name, label);
	if (is_macro_part(e->name))
		fill_find(&l->finds->of[FILE_MACROS], FILE_MACROS, label, "",
		    false);
	if (e->encrypted)
		fill_find(&l->finds->of[FILE_ENCRYPTED], FILE_ENCRYPTED,
		    label, "", false);
}

static bool
begin_entry(void *arg, const struct zip_entry *e)
{
	struct file_look *l = arg;

	if (e->central)
		l->ncentral++;
	else
		l->nlocal++;
	/* Names are few octets of a message each, so their number is bound. */
	note_entry(l, e);
	if (e->central || e->encrypted)
		return false;
	if (l->depth >= DEPTH_MAX || l->finds->entries >= LOOK_ENTRIES) {
		l->finds->cut = true;
		return false;
	}
	l->finds->entries++;
	l->entry = look_new(l->finds, l->depth + 1, l->label, e->name);
	return true;
}

static bool
entry_octets(void *arg, struct str octets)
{
	struct file_look *l = arg;

	l->finds->unpacked += octets.n;
	if (l->finds->unpacked > LOOK_UNPACKED) {
		l->finds->cut = true;
		return false;
	}
	return file_look_octets(l->entry, octets);
}

static void
end_entry(void *arg)
{
	struct file_look *l = arg;

	/* Its name was noted. */
	l->entry->name.class = FILE_PLAIN;
	file_look_end(l->entry);
	l->entry = NULL;
}

/* ---- documents ---------------------------------------------------------- */

/* Names and ids that stand in the directory of a compound file, which may be
 * anywhere in it.                                 MS-CFB 2.6, MS-OVBA */
static void
search_ole(struct file_look *l, struct str s)
{
	static const struct {
		enum file_class class;
		const char *format;
		struct str text;
	} t[] = {
		{ FILE_MACROS, "VBA", STR("_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0"
		    "T\0") },
		{ FILE_PROGRAM, "MSI", STR("\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0"
		    "\0\0\0F") },
		{ FILE_ENCRYPTED, "", STR("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0"
		    "c\0k\0a\0g\0e\0") },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		if (memmem(s.p, s.n, t[i].text.p, t[i].text.n))
			note(l, t[i].class, t[i].format);
}

static void
look_at_ole(struct file_look *l, struct str octets)
{
	char joined[2 * TAIL];
	struct str first = str_first(octets, TAIL), last;

	memcpy(joined, l->tail, l->ntail);
	if (first.n > 0)
		memcpy(joined + l->ntail, first.p, first.n);
	search_ole(l, str_make(joined, l->ntail + first.n));
	search_ole(l, octets);
	last = octets.n >= TAIL ? octets : str_make(joined,
	    l->ntail + first.n);
	if (last.n > TAIL)
		last = str_from(last, last.n - TAIL);
	memmove(l->tail, last.p, last.n);
	l->ntail = last.n;
}

/* ---- one file ----------------------------------------------------------- */

/* Images begin with nothing, or with what boots. */
static bool
may_be_iso(struct str head)
{
	bool zeros = true;

	for (size_t i = 0; i < head.n; i++)
		zeros = zeros && head.p[i] == '\0';
	return head.n == FILE_HEAD && (zeros || (head.p[510] == 0x55 &&
	    (uint8_t)head.p[511] == 0xaa));
}

static void
pass_on(struct file_look *l, struct str octets)
{
	if (l->zip)
		zip_walk_feed(l->zip, octets);
	else if (l->format == FORMAT_OLE)
		look_at_ole(l, octets);
}

/* All of the head is there, or all of the file. */
static void
end_head(struct file_look *l)
{
	struct str head = str_make(l->head, l->nhead);
	struct zip_hearer h = { l, begin_entry, entry_octets, end_entry };

	l->format = file_format_of(head);
	if (l->format == FORMAT_OTHER && l->name.archive)
		l->format = FORMAT_ZIP;
	/* A script of Unix that says what it is is text like another. */
	if (l->format != FORMAT_SHEBANG || l->name.harmless)
		note(l, file_format_class(l->format),
		    file_format_name(l->format));
	if (l->format == FORMAT_ZIP)
		l->zip = zip_walk_new(&h);
	l->over = l->format != FORMAT_ZIP && l->format != FORMAT_OLE &&
	    !may_be_iso(head);
	pass_on(l, head);
}

static void
take_iso(struct file_look *l, struct str octets)
{
	for (size_t i = 0; i < ISO_LEN; i++) {
		uint64_t at = ISO_AT + i;

		if (at >= l->seen && at - l->seen < octets.n)
			l->iso[i] = octets.p[at - l->seen];
	}
	if (l->format != FORMAT_OTHER ||
	    l->seen + octets.n < ISO_AT + ISO_LEN)
		return;
	l->over = true;
	if (memcmp(l->iso, "CD001", ISO_LEN) == 0)
		note(l, FILE_IMAGE, file_format_name(FORMAT_ISO));
}

struct file_look *
file_look_new(struct file_finds *finds, struct str name)
{
	return look_new(finds, 0, "", name);
}

bool
file_look_octets(struct file_look *l, struct str octets)
{
	struct str some = str_first(octets, FILE_HEAD - l->nhead);
	struct str rest = str_from(octets, some.n);

	if (l->over || octets.n == 0)
		return !l->over;
	if (some.n > 0) {
		memcpy(l->head + l->nhead, some.p, some.n);
		l->nhead += some.n;
		l->seen += some.n;
		if (l->nhead == FILE_HEAD)
			end_head(l);
	}
	if (rest.n > 0 && !l->over) {
		pass_on(l, rest);
		take_iso(l, rest);
		l->seen += rest.n;
	}
	return !l->over;
}

void
file_look_end(struct file_look *l)
{
	if (!l)
		return;
	if (l->nhead < FILE_HEAD && l->nhead > 0)
		end_head(l);
	zip_walk_end(l->zip);
	if (l->script.is && (l->ncentral > l->nlocal ? l->ncentral :
	    l->nlocal) <= FEW_FILES && !l->finds->of[FILE_SCRIPT].is)
		l->finds->of[FILE_SCRIPT] = l->script;
	note_name(l->finds, l->name, l->label);
	free(l);
}
