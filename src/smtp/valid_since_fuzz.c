/* Each field that is found has an address that is one, and they come to an
 * end. */
#include "smtp/valid_since.h"

#include <stdint.h>

#include "base/err.h"
#include "smtp/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = size > VALID_SINCE_MAX ? VALID_SINCE_MAX : size;
	struct str rest = str_make((const char *)data, n);
	struct arena *a = arena_new(1 << 20);
	struct valid_since one;
	struct path again;

	while (valid_since_next(&rest, a, &one)) {
		bug_if(!smtp_is_text(one.address));
		bug_if(!smtp_mailbox(one.address, a, &again));
		bug_if(!str_eq(again.text, one.address));
		bug_if(again.domain.n == 0);
	}
	arena_free(a);
	return 0;
}
