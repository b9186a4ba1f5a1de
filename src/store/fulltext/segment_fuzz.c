/*
 * A file of the index with any octets, under checksums that are right, so that
 * what they guard is looked at: it is searched, swept, added to and merged
 * within bounds, or refused.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/rd.h"
#include "store/fulltext/fulltext_int.h"
#include "store/fulltext/segment_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ACCOUNT = 3, VERSION = 7, FILE_ROOM = 1 << 20 };

static struct fulltext *t;
static char path[] = "/tmp/fuzz-index-XXXXXX";
static int folder;

static void
remove_folder(void)
{
	(void)unlinkat(folder, "index/0000000000000003", 0);
	(void)unlinkat(folder, "index", AT_REMOVEDIR);
	(void)rmdir(path);
}

static void
begin(void)
{
	bug_if(!mkdtemp(path));
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bug_if(folder < 0);
	t = fulltext_new(files_real(folder));
	(void)atexit(remove_folder);
}

/* How many octets of what is left a field takes. */
static uint32_t
some(struct rd *how, size_t left)
{
	uint32_t n = rd_le8(how) * 4u;

	return n < left ? n : (uint32_t)left;
}

/* Sums of the lists, as a segment has them between words and lists. */
static void
put_sums(struct buf *b, const struct segment *s, struct str lists)
{
	for (int i = 0; i < WORDS_PARTS; i++) {
		struct str of = str_first(lists, s->lists[i]);

		lists = str_from(lists, s->lists[i]);
		for (size_t at = 0; at < of.n; at += LIST_BLOCK) {
			struct str block = str_first(str_from(of, at),
			    LIST_BLOCK);

			buf_le32(b, crc32c(0, block.p, block.n));
		}
	}
}

/* One segment: its lengths come from the first octets, its pieces are the
 * others. */
static void
put_segment(struct buf *file, struct rd *how)
{
	char header[SEGMENT_HEADER];
	auto_buf sums = BUF_INIT(4096);
	struct segment s = { .version = VERSION };
	struct str rest, body;
	size_t left = rd_left(how), n = 0;

	if (left < 8)
		return;
	s.messages = rd_le8(how) % 64u;
	for (int i = 0; i < WORDS_PARTS; i++) {
		s.words[i] = some(how, left);
		s.lists[i] = some(how, left);
	}
	n = (size_t)s.messages * SEGMENT_MESSAGE;
	for (int i = 0; i < WORDS_PARTS; i++)
		n += s.words[i] + s.lists[i];
	if (n > rd_left(how))
		return;
	body = rest = rd_take(how, n);
	s.sum_messages = crc32c(0, rest.p,
	    (size_t)s.messages * SEGMENT_MESSAGE);
	rest = str_from(rest, (size_t)s.messages * SEGMENT_MESSAGE);
	for (int i = 0; i < WORDS_PARTS; i++) {
		s.sum_words[i] = crc32c(0, rest.p, s.words[i]);
		rest = str_from(rest, s.words[i]);
	}
	put_sums(&sums, &s, rest);
	s.sum_sums = crc32c(0, sums.p, sums.n);
	segment_put_header(header, &s);
	buf_put(file, header, sizeof(header));
	buf_str(file, str_first(body, body.n - rest.n));
	buf_str(file, buf_get(&sums));
	buf_str(file, rest);
}

static void
write_file(struct str octets)
{
	int fd;

	(void)mkdirat(folder, "index", 0700);
	fd = openat(folder, "index/0000000000000003",
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bug_if(fd < 0 || write(fd, octets.p, octets.n) != (ssize_t)octets.n);
	(void)close(fd);
}

static bool
is_gone(void *arg unused_arg, const struct indexed *x)
{
	return x->email % 3 == 0;
}

static void
look(void)
{
	const struct word_condition c[] = { { STR("a"), 0 },
		{ STR("ab"), WORD_AT_START } };
	struct fulltext_found *x = NULL;
	struct err err = { 0 };
	size_t which = 0;

	if (fulltext_look(t, ACCOUNT, VERSION, &x, &err) < 0 || !x)
		return;
	if (fulltext_find(x, WORDS_OF_HEADER | WORDS_OF_BODY, c, NELEM(c),
	    &which, &err) == 0) {
		fulltext_looked(x);
		for (uint64_t email = 0; email < 8; email++)
			(void)fulltext_has(x, which, email, email);
	}
	fulltext_found_free(x);
}

static void
add(void)
{
	auto_buf part = BUF_INIT(100);
	struct words_record r = { .email = 9, .content = 9 };
	struct err err = { 0 };

	words_put(&part, STR("ab"));
	r.parts[WORDS_BODY] = buf_get(&part);
	(void)fulltext_add(t, ACCOUNT, VERSION, &r, 1, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf file = BUF_INIT(FILE_ROOM);
	struct rd how = rd_of(str_make((const char *)data, size));
	struct err err = { 0 };
	size_t n;

	if (!t)
		begin();
	for (int i = 0; i < 12 && rd_left(&how) >= 8; i++)
		put_segment(&file, &how);
	if (buf_failed(&file))
		return 0;
	write_file(buf_get(&file));
	look();
	(void)fulltext_sweep(t, ACCOUNT, is_gone, NULL, &n, &err);
	add();
	look();
	(void)fulltext_size(t, ACCOUNT);
	return 0;
}
