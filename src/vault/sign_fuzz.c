/* Whatever passes has one of the two shapes, told another way. */
#include "base/str.h"
#include "vault/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	enum sign_shape shape = sign_shape(s);
	struct str words = STR("TLS 1.3, server CertificateVerify");

	if (shape == SIGN_TLS13)
		bug_if((size != 130 && size != 146) || data[0] != ' ' ||
		    str_find(s, words) != 64);
	if (shape == SIGN_TLS12)
		bug_if((size != 100 && size != 133) || data[64] != 3);
	return 0;
}
