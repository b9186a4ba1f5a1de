/* What is read as an app password is shown as one that is read the same. */
#include "vault/app_password.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct app_password p, again;
	char text[APP_PASSWORD_TEXT];

	if (!app_password_read(str_make((const char *)data, size), &p))
		return 0;
	app_password_show(&p, text);
	bug_if(!app_password_read(str_make(text, sizeof(text)), &again));
	bug_if(memcmp(&p, &again, sizeof(p)) != 0);
	return 0;
}
