#include "base/test.h"
#include "mime/charset.h"
#include "mime/fold.h"
#include "mime/text.h"

static const struct {
	const char *text, *folded;
} folds[] = {
	{ "Hello  World", "hello world" },
	{ "a\r\n\tb", "a b" },
	{ "Stra\xc3\x9f" "e", "strasse" },
	{ "\xc3\x84PFEL", "\xc3\xa4pfel" },
	/* Decomposed as composed, a ligature as its letters. */
	{ "A\xcc\x88pfel", "\xc3\xa4pfel" },
	{ "\xef\xac\x81sh", "fish" },
	/* Full width, Greek with its final sigma, Cyrillic. */
	{ "\xef\xbc\xa1\xef\xbc\xa2", "ab" },
	{ "\xce\xa3\xce\x8a\xce\xa3\xcf\x82",
	    "\xcf\x83\xce\xaf\xcf\x83\xcf\x83" },
	{ "\xd0\x9f\xd0\xa0", "\xd0\xbf\xd1\x80" },
	/* White space beyond ASCII. */
	{ "a\xc2\xa0 b", "a b" },
	{ "a\xff" "b", "a\xef\xbf\xbd" "b" },
	{ "\xe2\x82", "\xef\xbf\xbd" },
};

static void
test_fold(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(folds); i++) {
		auto_buf b = BUF_INIT(1000);

		fold_text(&b, str_c(folds[i].text));
		assert_str(buf_get(&b), folds[i].folded);
	}
}

/* RFC 5051, RFC 4790 9.2. */
static const struct {
	enum collation by;
	const char *text, *made;
} collations[] = {
	{ COLLATION_FOLDED, "a  B", "a b" },
	{ COLLATION_UNICODE, "", "" },
	{ COLLATION_UNICODE, "a  B\r\n\tc_~", "A  B\r\n\tC_~" },
	{ COLLATION_UNICODE, "Stra\xc3\x9f" "e", "STRA\xc3\x9f" "E" },
	{ COLLATION_UNICODE, "x\xc3\xa4\xc3\x84\xc3\xa4" "A\xcc\x88",
	    "XA\xcc\x88" "A\xcc\x88" "A\xcc\x88" "A\xcc\x88" },
	/* The example of its section 2: U+01C4, U+01C5 and U+01C6. */
	{ COLLATION_UNICODE, "\xc7\x84\xc7\x85\xc7\x86",
	    "Dz\xcc\x8c" "Dz\xcc\x8c" "Dz\xcc\x8c" },
	/* A ligature has no titlecase, and its letters come after. */
	{ COLLATION_UNICODE, "\xef\xac\x81", "fi" },
	{ COLLATION_UNICODE, "\xef\xbd\x81", "A" },
	{ COLLATION_UNICODE, "\xcf\x82\xcf\x83", "\xce\xa3\xce\xa3" },
	{ COLLATION_UNICODE, "a\xff" "b", "A\xef\xbf\xbd" "B" },
	{ COLLATION_UNICODE, "a\xe2\x82", "A\xef\xbf\xbd" },
	{ COLLATION_ASCII, "aZ`{\xc3\xa4", "AZ`{\xc3\xa4" },
};

static void
test_collations(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(collations); i++) {
		struct str text = str_c(collations[i].text);

		for (size_t each = 1; each < 100; each += 1 + each / 2) {
			auto_buf b = BUF_INIT(1000);
			struct folding f = { .by = collations[i].by };

			for (size_t at = 0; at < text.n; at += each)
				fold_more(&f, str_first(str_from(text, at),
				    each), &b);
			fold_end(&f, &b);
			assert_str(buf_get(&b), collations[i].made);
		}
	}
}

static const struct {
	const char *encoding, *charset;
	bool html;
	const char *octets, *text;
} texts[] = {
	{ "", "", false, "Plain\r\nText", "plain text" },
	{ "base64", "utf-8", false, "w5xi\r\nZXI=\r\n", "\xc3\xbc" "ber" },
	{ "Quoted-Printable", "ISO-8859-1", false, "=DCber =\r\nall  =  \r\n.",
	    "\xc3\xbc" "ber all ." },
	{ "quoted-printable", "utf-8", false, "a=3", "a=3" },
	{ "8bit", "KOI8-R", false, "\xf0\xd2\xc9", "\xd0\xbf\xd1\x80\xd0\xb8" },
	{ "7bit", "iso-2022-jp", false, "\x1b$B$3$s\x1b(B ok",
	    "\xe3\x81\x93\xe3\x82\x93 ok" },
	{ "8bit", "ks_c_5601-1987", false, "\xb0\xa1\xb3\xaa",
	    "\xea\xb0\x80\xeb\x82\x98" },
	{ "8bit", "GB2312", false, "\xc4\xe3", "\xe4\xbd\xa0" },
	{ "8bit", "Shift_JIS", false, "\x82\xb1", "\xe3\x81\x93" },
	{ "8bit", "windows-1252", false, "\x80", "\xe2\x82\xac" },
	{ "8bit", "windows-1252", false, "a\x81", "a\xef\xbf\xbd" },
	{ "8bit", "unicode-1-1-utf-7", false, "Hi +ZeVnLIqe-",
	    "hi \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
	/* What is not known is taken as UTF-8. */
	{ "8bit", "x-unknown", false, "\xc3\x9c", "\xc3\xbc" },
	{ "7bit", "", true, "<p>One<b>T</b>wo<br>three</p>",
	    " onetwo three " },
	{ "7bit", "", true, "a<style>b</style>c<!-- d > -- e -->f", "a cf" },
	{ "7bit", "", true, "<SCRIPT src=x>if (a < b) '</b>'</script >z",
	    " z" },
	{ "7bit", "", true, "a &lt; b &amp&auml;&#xC4;&#223;&Ouml; &none; &",
	    "a < b &\xc3\xa4\xc3\xa4ss\xc3\xb6 &none; &" },
	{ "7bit", "", true, "1 < 2 <", "1 < 2 " },
	{ "7bit", "", true, "<a title", "" },
};

static void
read_cut(size_t i, size_t each)
{
	struct str octets = str_c(texts[i].octets);
	struct text_reader *t = text_begin(str_c(texts[i].encoding),
	    str_c(texts[i].charset), texts[i].html);
	auto_buf b = BUF_INIT(1000);

	for (size_t at = 0; at < octets.n; at += each)
		text_more(t, str_first(str_from(octets, at), each), &b);
	text_end(t, &b);
	assert_str(buf_get(&b), texts[i].text);
}

static void
test_texts(void **state unused_arg)
{
	charset_prepare();
	for (size_t i = 0; i < NELEM(texts); i++)
		for (size_t each = 1; each < 100; each += 1 + each / 2)
			read_cut(i, each);
}

/* A text much longer than a piece comes out whole. */
static void
test_long(void **state unused_arg)
{
	auto_buf in = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
	struct text_reader *t = text_begin(STR("quoted-printable"),
	    STR("utf-8"), false);

	for (int i = 0; i < 10000; i++)
		buf_lit(&in, "=C3=84pfel=\r\n");
	text_more(t, buf_get(&in), &out);
	text_end(t, &out);
	assert_int_equal(out.n, 60000);
	for (size_t i = 0; i < out.n; i += 6)
		assert_memory_equal(out.p + i, "\xc3\xa4pfel", 6);
}

static const struct {
	const char *name;
	bool known;
} names[] = {
	{ "", true }, { "UTF8", true }, { "us-ascii", true },
	{ "ISO_8859-15", true }, { "x-mac-roman", true },
	{ "iso-8859-8-i", true }, { "CP-1251", true }, { "x-none", false },
	{ "a-name-that-is-much-too-long", false }, { "//TRANSLIT", false },
};

static void
test_names(void **state unused_arg)
{
	charset_prepare();
	charset_prepare();
	for (size_t i = 0; i < NELEM(names); i++)
		assert_int_equal(charset_known(str_c(names[i].name)),
		    names[i].known);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_collations),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
