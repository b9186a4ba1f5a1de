/* What is read is kept as something that is read the same, and compared with a
 * password without harm; crypt(3) and Argon2 are others' and slow. */
#include "vault/foreign_hash.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf kept = BUF_INIT(FOREIGN_HASH_MAX);
	auto_buf again = BUF_INIT(FOREIGN_HASH_MAX);
	struct str text = str_make((const char *)data, size);
	struct err err;

	if (foreign_hash_read(text, &kept, &err) < 0 || buf_failed(&kept))
		return 0;
	bug_if(foreign_hash_read(buf_get(&kept), &again, &err) < 0);
	bug_if(!str_eq(buf_get(&kept), buf_get(&again)));
	if (kept.n > 0 && kept.p[0] == '{' &&
	    str_find(buf_get(&kept), STR("PBKDF2")) == kept.n &&
	    str_find(buf_get(&kept), STR("SCRAM")) == kept.n)
		(void)foreign_hash_verify(buf_get(&kept), text);
	return 0;
}
