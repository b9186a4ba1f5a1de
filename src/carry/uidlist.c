#include "carry/uidlist.h"

#include <stdlib.h>

#include "base/fnv.h"
#include "base/map.h"

enum { MESSAGES_MAX = 10000000 };

struct uidlist {
	struct str text;
	uint32_t uidvalidity;
	bool has_records;	/* version 3: a colon before names */
	struct map at;		/* (hash of a base, n) -> where its line is */
};

/* Of a name, what stays the same whatever its flags. */
static struct str
base_of(struct str name)
{
	size_t i = 0;

	while (i < name.n && !str_starts(str_from(name, i), STR(":2,")))
		i++;
	return str_first(name, i);
}

struct line {
	uint32_t uid;
	struct str uidl, base;
};

static bool
read_line(const struct uidlist *l, struct str text, struct line *out)
{
	struct str line = str_first(text, str_chr(text, '\n')), word;

	*out = (struct line){ 0 };
	if (!str_cut(line, ' ', &word, &line) || !str_u32(word, &out->uid))
		return false;
	while (l->has_records && line.n > 0 && line.p[0] != ':') {
		if (!str_cut(line, ' ', &word, &line))
			return false;
		if (word.n > 1 && word.p[0] == 'P')
			out->uidl = str_from(word, 1);
	}
	out->base = base_of(str_from(line, l->has_records));
	return out->uid > 0 && out->base.n > 0;
}

/* The first line, of either version. */
static bool
read_head(struct uidlist *l, struct str line)
{
	struct str version, word;
	bool more = str_cut(line, ' ', &version, &line);

	if (more && str_eq(version, STR("1"))) {
		(void)str_cut(line, ' ', &word, &line);
		return str_u32(word, &l->uidvalidity);
	}
	if (!more || !str_eq(version, STR("3")))
		return false;
	l->has_records = true;
	while (more) {
		more = str_cut(line, ' ', &word, &line);
		if (word.n > 1 && word.p[0] == 'V')
			return str_u32(str_from(word, 1), &l->uidvalidity);
	}
	return false;
}

/* The last line about a message counts: a file that is added to. */
static void
note_line(struct uidlist *l, struct str base, size_t at)
{
	uint64_t hash = fnv_1a(FNV_1A, base), n = 0;
	struct map_slot *s;
	struct line other;

	while ((s = map_find(&l->at, hash, n, 0)) && read_line(l,
	    str_from(l->text, (size_t)s->number), &other) &&
	    !str_eq(other.base, base))
		n++;
	map_put_number(&l->at, hash, n, 0, at);
}

struct uidlist *
uidlist_read(struct str text)
{
	struct uidlist *l = calloc(1, sizeof(*l));
	size_t at = str_chr(text, '\n');
	struct line line;

	bug_if(!l);
	l->text = text;
	if (!read_head(l, str_first(text, at))) {
		free(l);
		return NULL;
	}
	while (++at < text.n && l->at.n < MESSAGES_MAX) {
		if (read_line(l, str_from(text, at), &line))
			note_line(l, line.base, at);
		at += str_chr(str_from(text, at), '\n');
	}
	return l;
}

void
uidlist_free(struct uidlist *l)
{
	if (!l)
		return;
	map_free(&l->at);
	free(l);
}

struct str
uidlist_find(const struct uidlist *l, struct str base, char room[UIDL_MAX + 1])
{
	uint64_t hash = fnv_1a(FNV_1A, base);
	const struct map_slot *s;
	struct line line;

	for (uint64_t n = 0; l && (s = map_find(&l->at, hash, n, 0)); n++) {
		if (!read_line(l, str_from(l->text, (size_t)s->number),
		    &line) || !str_eq(line.base, base))
			continue;
		if (line.uidl.n > 0)
			return line.uidl.n <= UIDL_MAX ? line.uidl : STR_NULL;
		(void)snprintf(room, UIDL_MAX + 1, "%08X%08X", line.uid,
		    l->uidvalidity);
		return str_c(room);
	}
	return STR_NULL;
}
