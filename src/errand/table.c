#include "errand/table.h"

#include "errand/https_url.h"

enum { HTTPS_PORT = 443 };

static const struct row {
	enum errand_kind kind;
	const char *host;	/* stands before what it is about */
	const char *path;
	const char *type;
	size_t most;
} rows[] = {
	/* RFC 8461 3.2, 3.3 */
	{ ERRAND_MTA_STS, "mta-sts.", "/.well-known/mta-sts.txt",
	    "text/plain", ERRAND_TEXT_MAX },
};

bool
errand_compose(const struct errand_ask *ask, uint16_t port, struct arena *a,
    struct errand_plan *out)
{
	char other[16] = "";

	if (port != HTTPS_PORT)
		(void)snprintf(other, sizeof(other), ":%u", port);
	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct row *r = &rows[i];
		struct str host = arena_printf(a, "%s%.*s", r->host,
		    STR_FMT(ask->about));

		if (r->kind != (enum errand_kind)ask->kind)
			continue;
		if (!https_is_host(ask->about) || !https_is_host(host))
			return false;
		*out = (struct errand_plan){ .host = host, .port = port };
		out->url = str_dupz(a, arena_printf(a, "https://%.*s%s%s",
		    STR_FMT(host), other, r->path));
		out->type = str_c(r->type);
		out->most = r->most;
		return true;
	}
	return false;
}

bool
errand_type_fits(const struct errand_plan *plan, struct str type)
{
	struct str t = str_trim(str_first(type, str_chr(type, ';')));

	return str_eqi(t, plan->type) || (plan->other_type.n > 0 &&
	    str_eqi(t, plan->other_type));
}
