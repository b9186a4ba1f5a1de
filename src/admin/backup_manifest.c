#include "admin/backup_manifest.h"

#include "base/crc32c.h"

static const char title[] = "postern backup 1\n";

static bool
hex_number(struct str s, size_t digits, uint64_t *out)
{
	return s.n == digits && str_hex64(s, out);
}

/* "word rest": is it that word? */
static bool
word_and(struct str line, const char *word, struct str *rest)
{
	size_t n = strlen(word);

	if (!str_starts(line, str_c(word)) || line.n <= n || line.p[n] != ' ')
		return false;
	*rest = str_from(line, n + 1);
	return true;
}

static bool
take_line(struct str *text, struct str *line)
{
	size_t n = str_chr(*text, '\n');

	if (n == text->n)
		return false;
	*line = str_first(*text, n);
	*text = str_from(*text, n + 1);
	return true;
}

bool
manifest_next(struct str *lines, struct manifest_file *f)
{
	struct str left = *lines, line, octets;
	uint64_t crc;
	size_t at;

	if (!take_line(&left, &line))
		return false;
	at = str_chr(line, ' ');
	octets = str_from(line, at + 1);
	*f = (struct manifest_file){ .name = str_first(line, at) };
	f->packed = str_eq(f->name, STR(MANIFEST_PACKED));
	f->of = backup_name_of(f->packed ? STR("postern.db") : f->name);
	at = str_chr(octets, ' ');
	if (f->of.kind == BACKUP_no_name ||
	    !str_u64(str_first(octets, at), &f->octets) ||
	    f->octets > INT64_MAX ||
	    !hex_number(str_from(octets, at + 1), 8, &crc))
		return false;
	f->crc = (uint32_t)crc;
	*lines = left;
	return true;
}

static bool
read_head(struct str *text, struct manifest *m)
{
	struct str line, rest;
	struct { const char *word; uint64_t *to; } numbers[] = {
		{ "at", &m->at }, { "fence", &m->fence },
		{ "version", &m->version } };

	if (!str_starts(*text, str_c(title)))
		return false;
	*text = str_from(*text, sizeof(title) - 1);
	if (!take_line(text, &line) || !word_and(line, "folder", &rest) ||
	    !hex_number(rest, 16, &m->folder))
		return false;
	for (size_t i = 0; i < NELEM(numbers); i++)
		if (!take_line(text, &line) ||
		    !word_and(line, numbers[i].word, &rest) ||
		    !str_u64(rest, numbers[i].to))
			return false;
	return true;
}

/* The last line, and whether all before it is what was written. */
static bool
cut_end(struct str *text, uint64_t *nfiles)
{
	struct str before = str_first(*text, text->n ? text->n - 1 : 0);
	struct str line, rest;
	size_t at = str_rchr(before, '\n');
	uint64_t crc;

	if (text->n == 0 || text->p[text->n - 1] != '\n' || at == before.n)
		return false;
	line = str_from(before, at + 1);
	before = str_first(before, at + 1);
	if (!word_and(line, "end", &rest))
		return false;
	at = str_chr(rest, ' ');
	if (!str_u64(str_first(rest, at), nfiles) ||
	    !hex_number(str_from(rest, at + 1), 8, &crc) ||
	    crc != crc32c(0, before.p, before.n))
		return false;
	*text = before;
	return true;
}

static bool
count_files(struct manifest *m)
{
	struct str lines = m->files;
	struct manifest_file f;
	int databases = 0;

	while (manifest_next(&lines, &f)) {
		m->nfiles++;
		if (__builtin_add_overflow(m->octets, f.octets, &m->octets))
			return false;
		m->has_key |= f.of.kind == BACKUP_key;
		databases += f.of.kind == BACKUP_database;
	}
	return lines.n == 0 && databases == 1;
}

int
manifest_read(struct str text, struct manifest *m, struct err *err)
{
	uint64_t nfiles = 0;
	bool right;

	*m = (struct manifest){ 0 };
	right = cut_end(&text, &nfiles) && read_head(&text, m);
	m->files = text;
	right = right && count_files(m) && m->nfiles == nfiles;
	return right ? 0 : err_set(err, E_DAMAGED, "manifest is damaged");
}

void
manifest_put_head(struct buf *b, const struct manifest *m)
{
	buf_printf(b, "%sfolder %016llx\nat %llu\nfence %llu\nversion %llu\n",
	    title, (unsigned long long)m->folder, (unsigned long long)m->at,
	    (unsigned long long)m->fence, (unsigned long long)m->version);
}

void
manifest_put_file(struct buf *b, const struct manifest_file *f)
{
	buf_printf(b, "%.*s %llu %08x\n", STR_FMT(f->name),
	    (unsigned long long)f->octets, f->crc);
}

void
manifest_put_end(struct buf *b, uint64_t nfiles, uint32_t crc)
{
	buf_printf(b, "end %llu %08x\n", (unsigned long long)nfiles, crc);
}
