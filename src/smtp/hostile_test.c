/*
 * 10,000 messages that want to cost much: parts in parts, a thousand
 * signatures, ten thousand Received, megabytes of header, deep HTML, archives
 * that unpack to more than there is. Each goes through all that mx does with a
 * text, and has a bound of time and of memory; what they took is printed, and
 * what an ordinary one takes.
 */
#include <sys/resource.h>
#include <time.h>
#include <zlib.h>

#include "base/test.h"
#include "dns/public_suffix.h"
#include "mail/traits.h"
#include "mime/charset.h"
#include "policy/attachments.h"
#include "policy/content.h"
#include "trust/dkim_check.h"

enum {
#ifdef __SANITIZE_ADDRESS__
	MESSAGES = 300,
#else
	MESSAGES = 10000,
#endif
	TEXT_MAX = 2 << 20,
	PIECE = 16384,
	WORST_MS = 1000,	/* of processor: of one, on a slow machine */
	MEMORY_MAX_KB = 64 << 10, /* of all of this process, at any time */
};

static uint64_t state = 4711;

/* xorshift64 */
static uint32_t
number_below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % n;
}

/* ---- what they are made of ---------------------------------------------- */

static void
repeat(struct buf *b, const char *s, uint32_t n)
{
	for (uint32_t i = 0; i < n && b->n < TEXT_MAX - 4096; i++)
		buf_printf(b, s, i, i, i);
}

static void
put_ordinary(struct buf *b, uint32_t n)
{
	buf_lit(b, "From: Ann <ann@b.net>\r\nSubject: x\r\n"
	    "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
	    "--b\r\n\r\n");
	repeat(b, "Some words of line %u, as people write them.\r\n",
	    n < 200 ? n : 200);
	buf_lit(b, "--b\r\nContent-Type: text/html\r\n\r\n"
	    "<a href=\"http://b.net/\">see</a>");
	repeat(b, "<p>Some words of line %u, as people write them.</p>\r\n",
	    n < 200 ? n : 200);
	buf_lit(b, "--b--\r\n");
}

static void
put_parts_in_parts(struct buf *b, uint32_t n)
{
	buf_lit(b, "Content-Type: multipart/mixed; boundary=b0\r\n\r\n");
	for (uint32_t i = 0; i < n / 8; i++)
		buf_printf(b, "--b%u\r\nContent-Type: multipart/mixed; "
		    "boundary=b%u\r\n\r\n", i, i + 1);
}

static void
put_many_parts(struct buf *b, uint32_t n)
{
	buf_lit(b, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
	repeat(b, "--b\r\nContent-Type: a/b; name*0*=utf-8''%%41%u; name*1=%u"
	    "\r\nContent-Disposition: x; filename=\"=?utf-8?q?%u=2eexe?=\""
	    "\r\n\r\nMZ\r\n", n);
}

static void
put_signatures(struct buf *b, uint32_t n)
{
	repeat(b, "DKIM-Signature: v=1; a=rsa-sha256; d=d%u.test; s=s%u; "
	    "h=from:to:subject; bh=AAAA; b=AAAA%u\r\n", n / 4);
	buf_lit(b, "From: a@b.net\r\n\r\ntext\r\n");
}

static void
put_received(struct buf *b, uint32_t n)
{
	repeat(b, "Received: from a%u by b%u; Mon, 1 Jan 2024 00:00:%u\r\n",
	    n * 3);
	buf_lit(b, "\r\ntext\r\n");
}

static void
put_long_header(struct buf *b, uint32_t n)
{
	buf_lit(b, "From: ");
	repeat(b, "\"a%u\"@b%u <a@b%u.net>,\r\n ", n);
	buf_lit(b, "\r\nReply-To: ");
	repeat(b, "=?utf-8?b?QUFBQUFB?= =?x?q?%u=%u=%u?=", n * 4);
	buf_lit(b, "\r\n\r\ntext\r\n");
}

static void
put_links(struct buf *b, uint32_t n)
{
	buf_lit(b, "Content-Type: text/html\r\n\r\n");
	repeat(b, "<div><a href=\"http://x%u.test@\xc3\xa4%u.example.org/\">"
	    "http://b%u.com<b>", n);
}

static void
put_open_ends(struct buf *b, uint32_t n)
{
	static const char *const ends[] = { "<a href=\"", "<!--", "<script>",
		"<", "&#x", "<a href=u>", "</a", "http://", "@", "www.", "=",
		"=?utf-8?q?", "\"" };
	const char *end = ends[number_below(NELEM(ends))];

	buf_lit(b, "From: ");
	buf_str(b, str_c(end));
	buf_lit(b, "\r\nContent-Type: text/html\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	for (uint32_t i = 0; i < n * 20; i++)
		buf_str(b, str_c(end));
}

static void
put_noise(struct buf *b, uint32_t n)
{
	buf_lit(b, "Content-Type: application/x; name=a.zip\r\n\r\n");
	for (uint32_t i = 0; i < n * 20; i++)
		buf_chr(b, number_below(8) ? (char)number_below(256) :
		    "PK\3\4\1\2"[number_below(6)]);
}

/* ---- archives ----------------------------------------------------------- */

static void
put_le(struct buf *b, uint32_t v, size_t n)
{
	for (; n > 0; n--, v >>= 8)
		buf_chr(b, (char)v);
}

static void
put_local(struct buf *b, const char *name, struct str deflated)
{
	buf_lit(b, "PK\3\4");
	put_le(b, 20, 2);
	put_le(b, 8, 2);	/* sizes come behind it */
	put_le(b, 8, 2);
	put_le(b, 0, 16);
	put_le(b, (uint32_t)strlen(name), 2);
	put_le(b, 0, 2);
	buf_str(b, str_c(name));
	buf_str(b, deflated);
}

static void
pack(struct str s, struct buf *out)
{
	z_stream z = { 0 };
	static char room[1 << 20];

	assert_int_equal(Z_OK, deflateInit2(&z, 9, Z_DEFLATED, -15, 8, 0));
	z.next_in = (Bytef *)(uintptr_t)s.p;
	z.avail_in = (uInt)s.n;
	z.next_out = (Bytef *)room;
	z.avail_out = sizeof(room);
	assert_int_equal(Z_STREAM_END, deflate(&z, Z_FINISH));
	buf_put(out, room, z.total_out);
	deflateEnd(&z);
}

/* 64 MB that look like an archive in an archive, in 64 KB. */
static struct buf bomb = BUF_INIT(1 << 20);

static void
make_bomb(void)
{
	static char zeros[64 << 20];

	memcpy(zeros, "PK\3\4", 4);
	pack(str_make(zeros, sizeof(zeros)), &bomb);
}

static void
put_base64(struct buf *b, struct str s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
	    "mnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i + 3 <= s.n; i += 3) {
		uint32_t v = (uint32_t)(uint8_t)s.p[i] << 16 |
		    (uint32_t)(uint8_t)s.p[i + 1] << 8 | (uint8_t)s.p[i + 2];

		for (unsigned k = 0; k < 4; k++)
			buf_chr(b, digits[v >> (18 - 6 * k) & 63]);
		if (i % 57 == 54)
			buf_lit(b, "\r\n");
	}
}

static void
put_archive(struct buf *b, struct str zip)
{
	buf_lit(b, "Content-Type: application/zip\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n");
	put_base64(b, zip);
}

static void
put_bombs(struct buf *b, uint32_t n)
{
	auto_buf zip = BUF_INIT(TEXT_MAX / 2);

	for (uint32_t i = 0; i < n / 400 + 1; i++)
		put_local(&zip, "a.zip", buf_get(&bomb));
	put_archive(b, buf_get(&zip));
}

static void
put_many_files(struct buf *b, uint32_t n)
{
	auto_buf zip = BUF_INIT(TEXT_MAX / 2), one = BUF_INIT(4096);

	pack(STR("PK\3\4 and some more"), &one);
	for (uint32_t i = 0; i < n * 5 && zip.n < TEXT_MAX / 2 - 200; i++)
		put_local(&zip, i % 2 ? "a.zip" : "b.txt", buf_get(&one));
	put_archive(b, buf_get(&zip));
}

static const struct {
	const char *what;
	void (*put)(struct buf *b, uint32_t n);
} kinds[] = {
	{ "an ordinary one", put_ordinary },
	{ "parts in parts", put_parts_in_parts },
	{ "many parts", put_many_parts },
	{ "signatures", put_signatures },
	{ "Received", put_received },
	{ "long header", put_long_header },
	{ "links", put_links },
	{ "open ends", put_open_ends },
	{ "noise", put_noise },
	{ "archives of 64 MB in 64 KB", put_bombs },
	{ "archives of many files", put_many_files },
};

/* ---- all that is done with one ------------------------------------------ */

static void
nobody_answers(void *arg unused_arg, struct str name unused_arg,
    enum dns_type type unused_arg, struct lookup_answer *answer,
    struct arena *a unused_arg)
{
	*answer = (struct lookup_answer){ .result = DNS_NXDOMAIN };
}

static __attribute__((noinline)) void
judge_text(struct str text)
{
	struct arena *mem = arena_new(MIME_SCAN_ARENA),
	    *a = arena_new(32 << 20);
	struct attachments *files = attachments_new();
	struct mime_watch w = attachments_watch(files);
	struct mime_scan *scan = mime_scan_new(mem, NULL);
	struct dkim_check *dkim = dkim_check_new(NULL);
	struct trust_dns dns = { nobody_answers, NULL };
	struct dkim_result proof[DKIM_SIGNATURES_MAX];
	struct content_text shown = { .head = str_first(text, TRAITS_HEAD),
		.ours = STR("example.org example.net mail.example") };
	auto_buf record = BUF_INIT(MIME_RECORD_MAX);
	struct findings *f = arena_new_of(a, struct findings);
	struct content_seen seen;

	mime_scan_watch(scan, &w);
	for (struct str s = text; s.n > 0; s = str_from(s, PIECE)) {
		dkim_check_feed(dkim, str_first(s, PIECE));
		mime_scan_feed(scan, str_first(s, PIECE));
	}
	mime_scan_finish(scan, &record);
	(void)dkim_check_finish(dkim, &dns, 1700000000, a, proof);
	content_look(&shown, a, f, &seen);
	(void)traits_of(shown.head, a);
	assert_true(attachments_found(files)->unpacked <=
	    LOOK_UNPACKED + PIECE);
	dkim_check_free(dkim);
	attachments_free(files);
	arena_free(mem);
	arena_free(a);
}

static double
milliseconds(void)
{
	struct timespec t;

	assert_int_equal(0, clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t));
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Most are of some kilobytes; one in fifty is as large as it can be. */
static void
test_hostile(void **state_arg unused_arg)
{
	double all[NELEM(kinds)] = { 0 }, worst[NELEM(kinds)] = { 0 };
	size_t octets[NELEM(kinds)] = { 0 };
	struct rusage before, after;
	auto_buf b = BUF_INIT(TEXT_MAX);

	make_bomb();
	assert_int_equal(0, getrusage(RUSAGE_SELF, &before));
	for (uint32_t i = 0; i < MESSAGES; i++) {
		size_t kind = i % NELEM(kinds);
		double at, took;

		buf_reset(&b);
		kinds[kind].put(&b, number_below(50) == 0 ? 10000 :
		    number_below(200) + 1);
		at = milliseconds();
		judge_text(buf_get(&b));
		took = milliseconds() - at;
		all[kind] += took;
		octets[kind] = b.n > octets[kind] ? b.n : octets[kind];
		if (took > worst[kind])
			worst[kind] = took;
	}
	assert_int_equal(0, getrusage(RUSAGE_SELF, &after));
	for (size_t k = 0; k < NELEM(kinds); k++) {
		print_message("%-28s %7.2f ms each, %7.1f ms the worst, up "
		    "to %zu KB\n", kinds[k].what, all[k] * (double)
		    NELEM(kinds) / MESSAGES, worst[k], octets[k] >> 10);
		assert_true(worst[k] < WORST_MS);
	}
	print_message("%d messages, memory: %ld KB more at its highest\n",
	    MESSAGES, after.ru_maxrss - before.ru_maxrss);
#ifndef __SANITIZE_ADDRESS__	/* which keeps what was freed */
	assert_true(after.ru_maxrss - before.ru_maxrss < MEMORY_MAX_KB);
#endif
	buf_free(&bomb);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
	};

	charset_prepare();
	public_suffix_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
