#include "dns/client.h"

#include "rt/reconnect.h"

struct dns {
	struct reconnect link;
};

struct dns *
dns_new(struct loop *l, int fd)
{
	static const struct reconnect_kind kind = { "resolver", DNS_WINDOW,
		.service = RECONNECT_SERVICE(NULL, 0) };
	struct dns *d = calloc(1, sizeof(*d));

	bug_if(!d);
	reconnect_init(&d->link, l, &kind);
	if (fd >= 0)
		reconnect_replace(&d->link, fd);
	return d;
}

void
dns_free(struct dns *d)
{
	if (!d)
		return;
	reconnect_close(&d->link);
	free(d);
}

void
dns_replace(struct dns *d, int fd)
{
	reconnect_replace(&d->link, fd);
}

int
dns_lookup(struct dns *d, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err)
{
	struct lookup_ask ask = { str_first(name, 1000), type };

	return reconnect_call(&d->link, &dns_calls[DNS_CALL_lookup], &ask,
	    answer, a, NULL, until_ms, err);
}
