/*
 * A ClientHello as it comes; the first octet says where it is cut. What is
 * decided by a part stays so with all of it, and no name is longer than it may
 * be.
 */
#include "base/err.h"
#include "rt/client_hello.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct client_hello one = { 0 }, two = { 0 };
	enum hello_state all, part;
	struct str in;

	if (size == 0)
		return 0;
	in = str_make((const char *)data + 1, size - 1);
	all = client_hello_read(in, &one);
	part = client_hello_read(str_first(in, (size_t)data[0] * 4), &two);
	bug_if(part != HELLO_MORE && part != all);
	bug_if(part == HELLO_WHOLE && memcmp(&one, &two, sizeof(one)) != 0);
	bug_if(all == HELLO_MORE && in.n >= HELLO_OCTETS_MAX);
	for (size_t i = 0; i < one.n; i++)
		bug_if(strnlen(one.name[i], sizeof(one.name[i])) >
		    HELLO_NAME_MAX);
	return 0;
}
