#include "dns/client.h"

#include "rt/line.h"

struct dns {
	struct line *line;
};

struct dns *
dns_new(struct loop *l, int fd)
{
	struct dns *d = calloc(1, sizeof(*d));

	bug_if(!d);
	d->line = line_new(l, "resolver", DNS_WINDOW);
	if (fd >= 0)
		line_replace(d->line, fd);
	return d;
}

void
dns_free(struct dns *d)
{
	if (!d)
		return;
	line_free(d->line);
	free(d);
}

void
dns_replace(struct dns *d, int fd)
{
	line_replace(d->line, fd);
}

int
dns_lookup(struct dns *d, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err)
{
	struct lookup_ask ask = { str_first(name, 1000), type };

	return line_call(d->line, &dns_calls[DNS_CALL_lookup], &ask, answer,
	    a, NULL, until_ms, err);
}
