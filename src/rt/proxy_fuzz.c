/*
 * What a proxy says of a connection; the first octet says where it is cut. Cut
 * and whole agree, and an address that comes out is one.
 */
#include "base/err.h"
#include "base/ip.h"
#include "rt/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy_header one = { .state = PROXY_MORE }, two = one;
	struct str in;
	struct ip ip;
	size_t n, first, second = 0;

	if (size == 0)
		return 0;
	in = str_make((const char *)data + 1, size - 1);
	(void)proxy_feed(&one, in, &n);
	(void)proxy_feed(&two, str_first(in, data[0]), &first);
	if (two.state == PROXY_MORE)
		(void)proxy_feed(&two, str_from(in, first), &second);
	bug_if(one.state != two.state || n != first + second);
	bug_if(one.state == PROXY_MORE && n != in.n);
	if (one.state != PROXY_SAID)
		return 0;
	bug_if(strcmp(one.from, two.from) != 0);
	bug_if(!ip_parse(str_c(one.from), &ip));
	bug_if(!ip_parse(str_c(one.to), &ip));
	return 0;
}
