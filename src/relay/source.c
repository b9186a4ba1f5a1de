#include "relay/source.h"

/* Is it among these, spaces between? Case counts in neither: nobody has two
 * mailboxes that it tells apart. */
static bool
is_among(struct str one, struct str words)
{
	while (words.n > 0)
		if (str_eqi(str_next(&words, ' '), one))
			return true;
	return false;
}

static bool
pool_with(const struct config *c, struct str sender, struct pool_conf *out)
{
	struct rd rd = rd_of(c->pools);

	while (sender.n > 0 && rd_left(&rd) > 0 &&
	    msg_take(&rd, &pool_conf_shape, out))
		if (is_among(sender, out->senders))
			return true;
	return false;
}

static bool
pool_named(const struct config *c, struct str name, struct pool_conf *out)
{
	struct rd rd = rd_of(c->pools);

	while (rd_left(&rd) > 0 && msg_take(&rd, &pool_conf_shape, out))
		if (str_eq(out->name, name))
			return true;
	return false;
}

bool
source_pool(const struct config *c, const struct route *r, struct str sender,
    struct pool_conf *out)
{
	size_t at = str_rchr(sender, '@');

	if (r->path.n > 0 || r->own_source)
		return false;
	if (r->pool.n > 0)
		return pool_named(c, r->pool, out);
	return pool_with(c, sender, out) ||
	    (at < sender.n && pool_with(c, str_from(sender, at + 1), out));
}

size_t
source_list(const struct pool_conf *p, bool v6, struct source out[SOURCES_MAX])
{
	struct rd rd = rd_of(p->addresses);
	struct source_conf row;
	size_t n = 0;

	while (n < SOURCES_MAX && rd_left(&rd) > 0 &&
	    msg_take(&rd, &source_conf_shape, &row))
		if ((str_chr(row.address, ':') < row.address.n) == v6)
			out[n++] = (struct source){ row.address,
				row.hello.n > 0 ? row.hello : p->hello };
	return n;
}
