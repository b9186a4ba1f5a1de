/*
 * Messages that bring programs under all kinds of names and wrappings, and
 * innocent ones that look much like them; fed whole and octet by octet.
 */
#include "policy/attachments.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/test.h"

#define PE "MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8\0\0\0"
#define OLE "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#define VBA "_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0"
#define DOCX "[Content_Types].xml:<Types/>|word/document.xml:<w:document/>"

static struct arena *a;

/* ---- ZIP ---------------------------------------------------------------- */

enum zip_flag { DEFLATE = 1, ENCRYPT = 2, NO_SIZES = 4, NO_DIRECTORY = 8,
	ONLY_DIRECTORY = 16 };

static void
put_number(struct buf *b, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_chr(b, (char)(v >> 8 * i));
}

static struct str
deflated(struct str s)
{
	z_stream z = { 0 };
	char *out = arena_alloc(a, s.n + 1000);

	assert_int_equal(Z_OK, deflateInit2(&z, 9, Z_DEFLATED, -15, 8, 0));
	z.next_in = (Bytef *)(uintptr_t)s.p;
	z.avail_in = (uInt)s.n;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)s.n + 1000;
	assert_int_equal(Z_STREAM_END, deflate(&z, Z_FINISH));
	s = str_make(out, z.total_out);
	deflateEnd(&z);
	return s;
}

static void
put_sizes(struct buf *b, struct str packed, struct str data, bool none)
{
	put_number(b, 0, 4);	/* CRC: nobody looks */
	put_number(b, none ? 0 : packed.n, 4);
	put_number(b, none ? 0 : data.n, 4);
}

static void
put_file(struct buf *zip, struct buf *directory, struct str name,
    struct str data, unsigned flags)
{
	struct str packed = flags & DEFLATE ? deflated(data) : data;
	unsigned bits = (flags & ENCRYPT ? 1u : 0u) |
	    (flags & NO_SIZES ? 8u : 0u);

	buf_lit(directory, "PK\1\2");
	put_number(directory, 20, 2);
	put_number(directory, 20, 2);
	put_number(directory, bits, 2);
	put_number(directory, flags & DEFLATE ? 8 : 0, 2);
	put_number(directory, 0, 4);
	put_sizes(directory, packed, data, false);
	put_number(directory, name.n, 2);
	put_number(directory, 0, 8);
	put_number(directory, 0, 4);
	put_number(directory, zip->n, 4);
	buf_str(directory, name);
	if (flags & ONLY_DIRECTORY)
		return;
	buf_lit(zip, "PK\3\4");
	put_number(zip, 20, 2);
	put_number(zip, bits, 2);
	put_number(zip, flags & DEFLATE ? 8 : 0, 2);
	put_number(zip, 0, 4);
	put_sizes(zip, packed, data, (flags & NO_SIZES) != 0);
	put_number(zip, name.n, 2);
	put_number(zip, 0, 2);
	buf_str(zip, name);
	buf_str(zip, packed);
	if (flags & NO_SIZES) {
		buf_lit(zip, "PK\7\x08");
		put_sizes(zip, packed, data, false);
	}
}

/* "name:octets|name:octets" */
static struct str
zip_of(struct str files, unsigned flags)
{
	auto_buf zip = BUF_INIT(1 << 22), directory = BUF_INIT(1 << 20);
	struct str one, name, data;

	while (files.n > 0) {
		(void)str_cut(files, '|', &one, &files);
		(void)str_cut(one, ':', &name, &data);
		put_file(&zip, &directory, name, data, flags);
	}
	if (!(flags & NO_DIRECTORY))
		buf_str(&zip, buf_get(&directory));
	buf_lit(&zip, "PK\5\6");
	put_number(&zip, 0, 18);
	return str_dup(a, buf_get(&zip));
}

/* ---- messages ----------------------------------------------------------- */

static struct str
base64(struct str s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
	    "mnopqrstuvwxyz0123456789+/";
	auto_buf b = BUF_INIT(8 << 20);

	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t v = (uint32_t)(uint8_t)s.p[i] << 16;

		v |= i + 1 < s.n ? (uint32_t)(uint8_t)s.p[i + 1] << 8 : 0;
		v |= i + 2 < s.n ? (uint8_t)s.p[i + 2] : 0;
		for (unsigned k = 0; k < 4; k++)
			buf_chr(&b, i + k > s.n ? '=' :
			    digits[v >> (18 - 6 * k) & 63]);
		if (i % 57 == 54)
			buf_lit(&b, "\r\n");
	}
	return str_dup(a, buf_get(&b));
}

static struct str
message_of(const char *type, const char *disposition, struct str octets)
{
	auto_buf b = BUF_INIT(8 << 20);

	buf_printf(&b, "From: a@b.net\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: multipart/mixed; boundary=bb\r\n\r\n"
	    "--bb\r\n\r\nsee below\r\n--bb\r\nContent-Type: %s\r\n%s%s"
	    "Content-Transfer-Encoding: base64\r\n\r\n", type, disposition,
	    disposition[0] ? "\r\n" : "");
	buf_str(&b, base64(octets));
	buf_lit(&b, "\r\n--bb--\r\n");
	assert_false(buf_failed(&b));
	return str_dup(a, buf_get(&b));
}

/* "program! macros": of what is found, "!" where it hides. */
static struct str
found_in(struct str message, size_t step)
{
	static const char *const words[FILE_CLASSES] = { "", "program",
		"script", "image", "macros", "encrypted" };
	struct arena *mem = arena_new(MIME_SCAN_ARENA);
	struct attachments *t = attachments_new();
	struct mime_watch w = attachments_watch(t);
	struct mime_scan *scan = mime_scan_new(mem, NULL);
	auto_buf record = BUF_INIT(MIME_RECORD_MAX), b = BUF_INIT(1000);
	const struct file_finds *f;
	struct str out;

	mime_scan_watch(scan, &w);
	for (; message.n > 0; message = str_from(message, step))
		mime_scan_feed(scan, str_first(message, step));
	mime_scan_finish(scan, &record);
	f = attachments_found(t);
	for (size_t i = 0; i < FILE_CLASSES; i++) {
		if (!f->of[i].is)
			continue;
		buf_printf(&b, "%s%s%s", b.n > 0 ? " " : "", words[i],
		    f->of[i].hides ? "!" : "");
		for (const char *p = f->of[i].why; *p; p++)
			assert_in_range(*p, ' ', '~');
	}
	if (f->cut)
		buf_lit(&b, " cut");
	out = str_dup(a, buf_get(&b));
	attachments_free(t);
	arena_free(mem);
	return out;
}

static void
expect(const char *type, const char *disposition, struct str octets,
    const char *want)
{
	struct str m = message_of(type, disposition, octets);

	if (!str_eq(found_in(m, m.n), str_c(want)))
		print_error("%.*s\n", STR_FMT(m));
	assert_str(found_in(m, m.n), want);
	assert_str(found_in(m, 7), want);
	assert_str(found_in(m, 1), want);
}

#define BIN "application/octet-stream"
#define NAMED(name) "Content-Disposition: attachment; filename=\"" name "\""

static void
test_by_name(void **state unused_arg)
{
	static const struct {
		const char *disposition, *found;
	} t[] = {
		{ NAMED("setup.exe"), "program" },
		{ NAMED("SETUP.EXE"), "program" },
		{ NAMED("a.lnk"), "program" },
		{ NAMED("a.exe."), "program" },
		{ NAMED("a.exe  "), "program" },
		{ NAMED("c:\\\\x\\\\a.hta"), "program" },
		{ NAMED("invoice.pdf.exe"), "program!" },
		{ NAMED("invoice.pdf.js"), "script!" },
		{ NAMED("invoice.pdf            .exe"), "program!" },
		{ NAMED("a.exe.gz"), "program" },
		{ NAMED("macro.docm"), "macros" },
		{ NAMED("disk.iso"), "image" },
		{ NAMED("run.bat"), "script" },
		{ "Content-Disposition: attachment; filename*=utf-8''"
		    "x%E2%80%AEfdp.exe", "program!" },
		{ NAMED("=?utf-8?q?a=2Eexe?="), "program" },
		{ "Content-Disposition: attachment; filename*0=a.e;"
		    " filename*1=xe", "program" },
		{ "Content-Disposition: inline; filename=a.exe", "program" },
		/* innocent */
		{ NAMED("invoice.pdf"), "" },
		{ NAMED("archive.tar.gz"), "" },
		{ NAMED("notes.2026.pdf"), "" },
		{ NAMED("example.com"), "" },
		{ NAMED("exe"), "" },
		{ NAMED(".js"), "" },
		{ NAMED("a.exe.txt"), "" },
		{ NAMED("patch.sh"), "" },
		{ NAMED("node.js.pdf"), "" },
		{ "", "" },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		expect(BIN, t[i].disposition, STR("some text"), t[i].found);
	expect(BIN "; name=\"a.exe\"", "", STR("x"), "program");
	expect("text/plain; name=a.vbs", "", STR("x"), "script");
	expect("text/html", "", STR("<a>x</a>"), "");
}

static void
test_by_octets(void **state unused_arg)
{
	struct str iso = str_make(arena_alloc(a, 40000), 40000),
	    vba = str_make(arena_alloc(a, 40000), 40000);

	memcpy((char *)(uintptr_t)iso.p + 32769, "CD001", 5);
	memcpy((char *)(uintptr_t)vba.p, OLE, 8);
	expect(BIN, NAMED("a.doc"), vba, "");
	memcpy((char *)(uintptr_t)vba.p + 30011, VBA, sizeof(VBA) - 1);
	expect(BIN, NAMED("a.dat"), STR(PE), "program");
	expect(BIN, NAMED("a.pdf"), STR(PE), "program!");
	expect("image/png", "", STR(PE), "program");
	expect(BIN, NAMED("a"), STR("\x7f" "ELF\2\1\1"), "program");
	expect(BIN, NAMED("a"), STR("\xcf\xfa\xed\xfe\7\0\0\1"), "program");
	expect(BIN, NAMED("a"), STR("\xca\xfe\xba\xbe\0\0\0\2"), "program");
	expect(BIN, NAMED("a"), STR("L\0\0\0\1\x14\2\0\0\0\0\0\xc0"),
	    "program");
	expect(BIN, NAMED("a.html"), STR("<html><HTA:Application id=x>"),
	    "program!");
	expect(BIN, NAMED("a.sh"), STR("#!/bin/sh\necho\n"), "");
	expect(BIN, NAMED("a.pdf"), STR("#!/bin/sh\necho\n"), "script!");
	expect(BIN, NAMED("a"), STR("conectix\0\0\0\2"), "image");
	expect(BIN, NAMED("a.dat"), iso, "image");
	expect(BIN, NAMED("a.doc"), vba, "macros");
	expect(BIN, NAMED("a.doc"), STR(OLE "xx\x84\x10\x0c\0\0\0\0\0\xc0\0\0"
	    "\0\0\0\0F"), "program!");
	expect(BIN, NAMED("a.xlsx"), STR(OLE "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0"
	    "a\0c\0k\0a\0g\0e\0"), "encrypted");
	/* innocent */
	expect(BIN, NAMED("a.txt"), STR("MZ is the country code of"), "");
	expect(BIN, NAMED("a.pdf"), STR("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "");
	expect("image/jpeg", NAMED("a.jpg"), STR("\xff\xd8\xff\xe0\0\x10JFIF"),
	    "");
	expect(BIN, NAMED("zeros.bin"), str_first(iso, 32000), "");
	expect(BIN, NAMED("none"), STR(""), "");
}

static struct str
arena_cat(const char *before, struct str s)
{
	auto_buf b = BUF_INIT(1 << 20);

	buf_str(&b, str_c(before));
	buf_str(&b, s);
	return str_dup(a, buf_get(&b));
}

static void
test_archives(void **state unused_arg)
{
	static const unsigned ways[] = { 0, DEFLATE, DEFLATE | NO_SIZES,
		NO_DIRECTORY, DEFLATE | NO_DIRECTORY };
	static const struct {
		struct str files;
		const char *found;
	} t[] = {
		{ STR("invoice.exe:x"), "program" },
		{ STR("a.txt:x|b/invoice.pdf.scr:x"), "program!" },
		{ STR("readme.txt:" PE), "program!" },
		{ STR("a.bin:" PE), "program" },
		{ STR("invoice.js:x"), "script" },
		/* somebody's work */
		{ STR("1.c:x|2.c:x|3.c:x|4.c:x|build.bat:x|6.js:x"), "" },
		{ STR(DOCX), "" },
		{ STR(DOCX "|word/vbaProject.bin:x"), "macros" },
		{ STR("xl/macrosheets/sheet1.xml:x"), "macros" },
		{ STR("a.doc:" OLE "x" VBA), "macros" },
		{ STR("META-INF/MANIFEST.MF:x|A.class:\xca\xfe\xba\xbe\0\0\0"
		    "4"), "program" },
		{ STR("a.pdf:%PDF-1.7|b.txt:PK|c.txt:PK\3\4"), "" },
	};

	for (size_t k = 0; k < NELEM(ways); k++)
		for (size_t i = 0; i < NELEM(t); i++)
			expect(BIN, NAMED("a.zip"), zip_of(t[i].files,
			    ways[k]), t[i].found);
	expect(BIN, NAMED("a.zip"), zip_of(STR("a.txt:x"), ENCRYPT),
	    "encrypted");
	expect(BIN, NAMED("a.zip"), zip_of(STR("a.exe:x"), ENCRYPT),
	    "program encrypted");
	expect(BIN, NAMED("a.zip"), zip_of(STR("a.exe:x"), ONLY_DIRECTORY),
	    "program");
	expect(BIN, NAMED("a.zip"), arena_cat("GIF89a, and much more",
	    zip_of(STR("a.exe:x"), DEFLATE)), "program");
	expect(BIN, NAMED("a.gif"), arena_cat("GIF89a, and much more",
	    zip_of(STR("a.exe:x"), DEFLATE)), "");
	expect(BIN, NAMED("a.zip"), STR("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0"), "");
}

static struct str
zipped(const char *name, struct str octets, unsigned flags)
{
	auto_buf zip = BUF_INIT(1 << 22), directory = BUF_INIT(1 << 20);

	put_file(&zip, &directory, str_c(name), octets, flags);
	buf_str(&zip, buf_get(&directory));
	return str_dup(a, buf_get(&zip));
}

static void
test_archives_in_archives(void **state unused_arg)
{
	struct str one = zip_of(STR("a.bin:" PE), DEFLATE),
	    bomb = str_make(arena_alloc(a, 5 << 20), 5 << 20),
	    nested = zip_of(STR("a.exe:x"), DEFLATE);

	expect(BIN, NAMED("a.zip"), zipped("b.zip", one, DEFLATE), "program");
	expect(BIN, NAMED("a.zip"), zipped("b.zip", one, 0), "program");
	expect(BIN, NAMED("a.zip"), zipped("b.dat", one, DEFLATE), "program");
	/* One more is a name that is seen, and nothing else. */
	for (int i = 0; i < 3; i++)
		nested = zipped("b.zip", nested, DEFLATE);
	assert_str(found_in(message_of(BIN, "", nested), 4096), " cut");
	/* 5 MB of zeros, which are wanted because they may be an archive. */
	memcpy((char *)(uintptr_t)bomb.p, OLE, 8);
	assert_str(found_in(message_of(BIN, "", zipped("b.doc", bomb,
	    DEFLATE)), 4096), " cut");
}

/* Parts in parts, and more than one file. */
static void
test_parts(void **state unused_arg)
{
	struct str m = STR("Content-Type: multipart/mixed; boundary=a\r\n\r\n"
	    "--a\r\nContent-Type: message/rfc822\r\n\r\n"
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	    "--b\r\nContent-Disposition: attachment; filename=a.exe\r\n\r\n"
	    "x\r\n--b--\r\n"
	    "--a\r\nContent-Type: application/x\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "=7FELF=0=\r\n1=01\r\n"
	    "--a\r\nContent-Type: application/x; name=a.iso\r\n\r\n");
	struct str whole = STR("Content-Type: application/x\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nf0VMRgIBAQ==\r\n");

	assert_str(found_in(m, m.n), "program image");
	assert_str(found_in(m, 1), "program image");
	assert_str(found_in(whole, 1), "program");
	assert_str(found_in(STR("Subject: x\r\n\r\ntext\r\n"), 1), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_name),
		cmocka_unit_test(test_by_octets),
		cmocka_unit_test(test_archives),
		cmocka_unit_test(test_archives_in_archives),
		cmocka_unit_test(test_parts),
	};
	int failed;

	a = arena_new(512 << 20);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return failed;
}
