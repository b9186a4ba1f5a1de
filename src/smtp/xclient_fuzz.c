/*
 * The arguments of XCLIENT and XFORWARD. What comes out is printable, and stays
 * the same however often it is added.
 */
#include "base/ip.h"
#include "smtp/grammar.h"
#include "smtp/xclient.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_value(const struct xclient *x, enum xclient_attribute i)
{
	struct str value = x->value[i];
	struct ip ip;

	bug_if(value.n > XCLIENT_VALUE_MAX || !str_is_ascii(value));
	bug_if(value.n > 0 && !xclient_says(x, i));
	for (size_t k = 0; k < value.n; k++)
		bug_if(!ascii_is_printable(value.p[k]));
	if (i == XCLIENT_ADDR || i == XCLIENT_DESTADDR)
		bug_if(value.n > 0 && !ip_parse(value, &ip));
}

static void
check_words(const struct xclient *x)
{
	auto_buf b = BUF_INIT(8192);

	smtp_put_xclient_words(&b, x);
	bug_if(buf_failed(&b));
}

static void
check(const struct xclient *x)
{
	struct xclient again = { 0 };

	bug_if(x->said == 0 || x->said >> XCLIENT_ATTRIBUTES);
	for (unsigned i = 0; i < XCLIENT_ATTRIBUTES; i++)
		check_value(x, i);
	check_words(x);
	xclient_add(&again, x);
	xclient_add(&again, x);
	for (unsigned i = 0; i < XCLIENT_ATTRIBUTES; i++)
		bug_if(!str_eq(again.value[i], x->value[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str args = str_make((const char *)data,
	    size > SMTP_COMMAND_MAX ? SMTP_COMMAND_MAX : size);
	struct arena *a = arena_new(1 << 20);
	struct xclient x;

	if (smtp_parse_xclient(args, a, &x))
		check(&x);
	if (smtp_parse_xforward(args, a, &x))
		check(&x);
	arena_free(a);
	return 0;
}
