/*
 * The first octet says where the input is cut. Whole and cut must agree, and
 * a plain second reading of RFC 5321 4.5.2 must find the same.
 */
#include "base/err.h"
#include "smtp/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_OCTETS = 1 << 17 };

static struct smtp_data
decode(struct str in, size_t cut, struct buf *text, size_t *left)
{
	struct str piece = str_first(in, cut), out;
	struct smtp_data d;
	size_t taken;

	smtp_data_init(&d, MAX_OCTETS);
	taken = piece.n;
	while (smtp_data_next(&d, &piece, &out))
		buf_str(text, out);
	taken -= piece.n;
	piece = str_from(in, taken);
	while (smtp_data_next(&d, &piece, &out))
		buf_str(text, out);
	*left = piece.n;
	return d;
}

/* The end of the message by its definition, or in.n. */
static size_t
true_end(struct str in)
{
	size_t at;

	if (str_starts(in, STR(".\r\n")))
		return 3;
	at = str_find(in, STR("\r\n.\r\n"));
	return at == in.n ? in.n : at + 5;
}

/* In chunks: all of it is text, or a fault. */
static void
check_chunks(struct str in, size_t cut)
{
	struct str pieces[2] = { str_first(in, cut), str_from(in, cut) }, out;
	auto_buf text = BUF_INIT(1 << 20);
	struct smtp_data d;

	smtp_data_init_chunks(&d, MAX_OCTETS);
	for (size_t i = 0; i < NELEM(pieces); i++) {
		while (smtp_data_next(&d, &pieces[i], &out))
			buf_str(&text, out);
		bug_if(pieces[i].n > 0 || smtp_data_done(&d));
	}
	smtp_data_end(&d);
	bug_if(!smtp_data_done(&d));
	bug_if(d.fault == DATA_OK && !str_eq(buf_get(&text), in));
	for (size_t i = 0; i < in.n && d.fault == DATA_OK; i++) {
		bug_if(in.p[i] == '\0');
		bug_if(in.p[i] == '\n' && (i == 0 || in.p[i - 1] != '\r'));
		bug_if(in.p[i] == '\r' &&
		    (i + 1 == in.n || in.p[i + 1] != '\n'));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf one = BUF_INIT(1 << 20);
	auto_buf two = BUF_INIT(1 << 20);
	struct str in;
	struct smtp_data a, b;
	size_t left_a, left_b;

	if (size == 0)
		return 0;
	in = str_make((const char *)data + 1, size - 1);
	check_chunks(in, data[0]);
	a = decode(in, in.n, &one, &left_a);
	b = decode(in, data[0], &two, &left_b);
	bug_if(a.state != b.state);
	bug_if((a.fault == DATA_OK) != (b.fault == DATA_OK));
	bug_if(left_a != left_b || in.n - left_a != true_end(in));
	if (a.fault != DATA_OK)
		return 0;
	bug_if(!str_eq(buf_get(&one), buf_get(&two)));
	bug_if(one.n != a.octets);
	bug_if(str_chr(buf_get(&one), '\0') < one.n);
	return 0;
}
