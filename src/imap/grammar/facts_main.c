/*
 * mime-facts - print the facts of the message on standard input.
 *
 *   mime-facts [PIECE-OCTETS]
 *
 * Feeds it in pieces of that many octets (all at once without), decodes the
 * record and prints one fact a line; then, for each part number that a walk
 * finds, where its sections are.
 */
#include "imap/grammar/reply_facts.h"

enum { MESSAGE_MAX = 256 << 20, PATH_MAX_ = 8, CHILD_MAX = 1000 };

static void
read_all(struct buf *in)
{
	char piece[1024];
	size_t n;

	while ((n = fread(piece, 1, sizeof(piece), stdin)) > 0)
		buf_put(in, piece, n);
}

static void
print_str(const char *name, struct str s)
{
	printf("%s %zu:%.*s\n", name, s.n, STR_FMT(s));
}

static void
print_list(const char *name, struct str list)
{
	struct str id;

	while (facts_next_text(&list, &id))
		print_str(name, id);
}

static bool
print_section(const struct facts *f, const uint32_t *path, size_t n,
    enum facts_what what)
{
	static const char *const names[] = { "BODY", "HEADER", "TEXT",
		"MIME" };
	uint64_t offset, len;

	if (facts_section(f, path, n, what, &offset, &len) < 0)
		return false;
	printf("section %s", names[what]);
	for (size_t i = 0; i < n; i++)
		printf("%c%u", i ? '.' : ' ', path[i]);
	printf(" @ %llu %llu\n", (unsigned long long)offset,
	    (unsigned long long)len);
	return true;
}

static bool
print_part(const struct facts *f, const uint32_t *path, size_t n)
{
	bool any = print_section(f, path, n, FACTS_BODY_ALL);

	for (enum facts_what w = FACTS_HEADER; w <= FACTS_MIME; w++)
		(void)print_section(f, path, n, w);
	return any;
}

/* Depth first, up to a depth: bounds of this tool, not of messages. */
static void
print_parts(const struct facts *f)
{
	uint32_t path[PATH_MAX_] = { 1 };
	size_t n = 1;

	(void)print_part(f, path, 0);
	while (n > 0) {
		if (path[n - 1] <= CHILD_MAX && print_part(f, path, n)) {
			if (n < PATH_MAX_)
				path[n++] = 1;
			else
				path[n - 1]++;
		} else if (--n > 0) {
			path[n - 1]++;
		}
	}
}

static void
print_facts(const struct facts *f)
{
	struct arena *a = arena_new(MIME_RECORD_MAX);
	auto_buf said = BUF_INIT(FACTS_REPLY_MAX);

	printf("flags %x\nsent %lld %d\n", f->flags, (long long)f->sent,
	    f->sent_offset_min);
	printf("size %llu\nheader %llu\nlines %llu\nlongest %llu\n",
	    (unsigned long long)f->size, (unsigned long long)f->header_len,
	    (unsigned long long)f->lines,
	    (unsigned long long)f->longest_line);
	printf("received %u\nparts %u\n", f->received_count, f->nparts);
	print_str("message-id", f->message_id);
	print_list("in-reply-to", f->in_reply_to);
	print_list("reference", f->references);
	print_str("subject", f->base_subject);
	print_str("preview", f->preview);
	reply_envelope(&said, &f->envelope);
	print_str("envelope", buf_get(&said));
	buf_reset(&said);
	reply_structure(&said, a, f, true);
	print_str("bodystructure", buf_get(&said));
	buf_reset(&said);
	reply_structure(&said, a, f, false);
	print_str("body", buf_get(&said));
	print_parts(f);
	arena_free(a);
}

int
main(int argc, char **argv)
{
	auto_buf in = BUF_INIT(MESSAGE_MAX);
	auto_buf rec = BUF_INIT(MIME_RECORD_MAX);
	struct arena *a = arena_new(MIME_SCAN_ARENA);
	struct mime_scan *scan = mime_scan_new(a, NULL);
	struct str text;
	uint32_t piece = 0;
	struct facts f;

	if (argc > 1 && !str_u32(str_c(argv[1]), &piece))
		return 2;
	read_all(&in);
	text = buf_get(&in);
	while (text.n > 0) {
		struct str now = str_first(text, piece ? piece : text.n);

		mime_scan_feed(scan, now);
		text = str_from(text, now.n);
	}
	mime_scan_finish(scan, &rec);
	arena_free(a);
	if (buf_failed(&rec) || facts_decode(buf_get(&rec), &f) < 0)
		return 1;
	printf("record %zu\n", rec.n);
	print_facts(&f);
	return 0;
}
