#include "base/err.h"
#include "errand/issuer_plan.h"
#include "errand/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What an issuer says of its keys: they are on its own host, or nowhere. */
static void
check_issuer(struct str said, struct arena *a)
{
	const struct oauth_conf issuer = {
		.issuer = STR("https://id.example:8443/x") };
	struct errand_plan plan;

	if (!issuer_plan_keys(&issuer, said, a, &plan))
		return;
	bug_if(!str_starts(str_c(plan.url), STR("https://id.example:8443")));
	bug_if(!str_eq(plan.host, STR("id.example")) || plan.port != 8443);
	for (const char *c = plan.url; *c; c++)
		bug_if(*c <= ' ' || *c > '~');
}

/* What a role asks for: there is no way out of the row's host and path. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct errand_ask ask = { ERRAND_MTA_STS,
		str_make((const char *)data, size > 255 ? 255 : size) };
	struct arena *a = arena_new(1 << 16);
	struct errand_plan plan;

	if (errand_compose(&ask, 443, a, &plan)) {
		struct str url = str_c(plan.url);

		bug_if(!str_starts(url, STR("https://mta-sts.")));
		bug_if(!str_endsi(url, STR("/.well-known/mta-sts.txt")));
		bug_if(str_find(str_from(url, 8), STR("/")) != plan.host.n);
		bug_if(plan.host.n > 253);
	}
	check_issuer(str_make((const char *)data, size), a);
	arena_free(a);
	return 0;
}
