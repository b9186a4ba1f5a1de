/*
 * What a SOCKS proxy answers; the first octet says where it is cut, its lowest
 * bit whether we log in. Cut and whole agree, in what is taken and in what is
 * said.
 */
#include "base/err.h"
#include "relay/socks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct host_address to = { .octets = { 192, 0, 2, 1 } };
	auto_buf said = BUF_INIT(2 * SOCKS_SAY_MAX);
	auto_buf again = BUF_INIT(2 * SOCKS_SAY_MAX);
	struct str in, user = STR_NULL;
	struct socks one, two;
	size_t n, first, second = 0;

	if (size == 0)
		return 0;
	in = str_make((const char *)data + 1, size - 1);
	if (data[0] & 1)
		user = STR("user");
	socks_begin(&one, user, STR("password"), &to, 25, &said);
	socks_begin(&two, user, STR("password"), &to, 25, &again);
	(void)socks_feed(&one, in, &n, &said);
	(void)socks_feed(&two, str_first(in, data[0] / 2), &first, &again);
	if (two.state == SOCKS_MORE)
		(void)socks_feed(&two, str_from(in, first), &second, &again);
	bug_if(one.state != two.state || n != first + second);
	bug_if(one.state == SOCKS_MORE && n != in.n);
	bug_if(one.state > SOCKS_OPEN && !one.why);
	bug_if(one.state == SOCKS_OPEN && !one.asked);
	bug_if(buf_failed(&said) ||
	    !str_eq(buf_get(&said), buf_get(&again)));
	return 0;
}
