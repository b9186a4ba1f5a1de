/*
 * Any text as the manifest of a backup: it is one, or refused; what is one and
 * written again says the same.
 */
#include "admin/backup_manifest.h"
#include "base/crc32c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
write_again(const struct manifest *m, struct buf *b)
{
	struct str lines = m->files;
	struct manifest_file f;
	uint64_t n = 0;

	manifest_put_head(b, m);
	for (; manifest_next(&lines, &f); n++)
		manifest_put_file(b, &f);
	bug_if(lines.n > 0 || n != m->nfiles);
	manifest_put_end(b, n, crc32c(0, b->p, b->n));
}

/* The checksum as it would have to be: no mutation would find it. */
static void
look(struct str text)
{
	auto_buf whole = BUF_INIT(4 << 20), again = BUF_INIT(8 << 20);
	struct manifest m, n;
	uint64_t files = 0;

	for (size_t i = 0; i < text.n; i++)
		files += text.p[i] == '\n';
	buf_str(&whole, text);
	manifest_put_end(&whole, files > 5 ? files - 5 : 0,
	    crc32c(0, text.p, text.n));
	if (buf_failed(&whole) ||
	    manifest_read(buf_get(&whole), &m, NULL) < 0)
		return;
	write_again(&m, &again);
	bug_if(manifest_read(buf_get(&again), &n, NULL) < 0);
	bug_if(n.octets != m.octets || n.folder != m.folder || n.at != m.at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct str lines = text;
	struct manifest_file f;
	struct manifest m;

	(void)manifest_read(text, &m, NULL);
	while (manifest_next(&lines, &f))
		bug_if(f.of.kind == BACKUP_no_name || f.name.n > 40);
	look(text);
	return 0;
}
