/*
 * The text of a part does not depend on how it is cut, whatever it is, and is
 * folded: folding it again changes nothing but what a cut hid.
 *
 * The first octet says how the rest is encoded.
 */
#include "base/err.h"
#include "mime/charset.h"
#include "mime/fold.h"
#include "mime/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str encodings[] = { STR("7bit"), STR("base64"),
	STR("quoted-printable") };
static const struct str charsets[] = { STR("utf-8"), STR("iso-8859-1"),
	STR("iso-2022-jp"), STR("gb18030"), STR("utf-7"), STR("utf-16"),
	STR("no-such") };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size);
	uint8_t how = size ? data[0] : 0;
	struct str encoding = encodings[how % NELEM(encodings)];
	struct str charset = charsets[how / 8 % NELEM(charsets)];
	auto_buf whole = BUF_INIT(64 * size + 4096);
	auto_buf cut = BUF_INIT(64 * size + 4096);
	struct folding f = { .by = COLLATION_UNICODE };
	struct text_reader *t;

	charset_prepare();
	in = str_from(in, 1);
	t = text_begin(encoding, charset, how & 4);
	text_more(t, in, &whole);
	text_end(t, &whole);
	bug_if(buf_failed(&whole));
	t = text_begin(encoding, charset, how & 4);
	for (size_t i = 0; i < in.n; i += how % 5 + 1)
		text_more(t, str_first(str_from(in, i), how % 5 + 1), &cut);
	text_end(t, &cut);
	bug_if(buf_failed(&cut));
	bug_if(!str_is_utf8(buf_get(&whole)) || !str_is_utf8(buf_get(&cut)));
	/* Beyond ASCII a composition may have been cut. */
	bug_if(str_is_ascii(buf_get(&whole)) &&
	    str_is_ascii(buf_get(&cut)) &&
	    !str_eq(buf_get(&whole), buf_get(&cut)));
	/* By another collation it does not matter what was cut. */
	buf_reset(&whole);
	buf_reset(&cut);
	collate_text(COLLATION_UNICODE, &whole, in);
	for (size_t i = 0; i < in.n; i += how % 5 + 1)
		fold_more(&f, str_first(str_from(in, i), how % 5 + 1), &cut);
	fold_end(&f, &cut);
	bug_if(buf_failed(&whole) || !str_is_utf8(buf_get(&whole)));
	bug_if(!str_eq(buf_get(&whole), buf_get(&cut)));
	return 0;
}
