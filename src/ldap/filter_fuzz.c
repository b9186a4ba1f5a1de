#include "base/err.h"
#include "ldap/ber.h"
#include "ldap/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What comes out is one value. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf b = BUF_INIT(1 << 20);
	size_t total;

	if (ldap_filter_put(str_make((const char *)data, size), &b)) {
		bug_if(!ber_measure(buf_get(&b), 1 << 20, &total));
		bug_if(total != b.n);
	}
	return 0;
}
