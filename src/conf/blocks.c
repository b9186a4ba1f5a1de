/*
 * blocks.c - the ends of blocks: what their options say together.
 */
#include <errno.h>
#include <fcntl.h>

#include "conf/option.h"

enum { PASSWORD_MAX = 1000 };

static bool
is_any(struct str address)
{
	return str_eq(address, STR("*"));
}

int
conf_end_listen(struct conf_reader *r, void *record, struct err *err)
{
	const struct listener_conf *l = record;
	struct rd others = rd_of(conf_list(r, CONF_LISTEN));
	struct listener_conf other;

	if (l->kind == 0)
		return err_set(err, E_INVALID, "kind is missing");
	if (l->port == 0)
		return err_set(err, E_INVALID, "port is missing");
	while (rd_left(&others) > 0 &&
	    msg_take(&others, &listener_conf_shape, &other))
		if (other.port == l->port &&
		    (is_any(other.address) || is_any(l->address) ||
		    str_eq(other.address, l->address)))
			return err_set(err, E_INVALID, "port %u is another "
			    "block's already", l->port);
	conf_append(r, CONF_LISTEN, l);
	return 0;
}

int
conf_end_certificate(struct conf_reader *r, void *record, struct err *err)
{
	const struct cert_conf *c = record;

	if (c->chain_path.n == 0 || c->key_path.n == 0)
		return err_set(err, E_INVALID, "expected chain and key, two "
		    "files");
	conf_append(r, CONF_CERTIFICATE, c);
	return 0;
}

int
conf_end_stub(struct conf_reader *r, void *record, struct err *err)
{
	struct conf_stub *c = record;
	struct rd servers = rd_of(c->servers);
	struct nameserver_conf s;

	if (c->servers.n == 0)
		return err_set(err, E_INVALID, "expected servers = { address, "
		    "... }");
	while (rd_left(&servers) > 0 &&
	    msg_take(&servers, &nameserver_conf_shape, &s)) {
		c->stub.address = s.address;
		c->stub.port = s.port;
		conf_append(r, CONF_STUB, &c->stub);
	}
	return 0;
}

int
conf_end_queue(struct conf_reader *r, void *record, struct err *err)
{
	struct config *c = record;

	if (c->retry_max_s >= c->retry_min_s)
		return 0;
	if (conf_given(r, CONF_QUEUE, "retry-max"))
		return err_set(err, E_INVALID, "retry-max is less than "
		    "retry-min");
	c->retry_max_s = c->retry_min_s;
	return 0;
}

/* The first line of a file. */
static int
read_password(const char *path, struct arena *a, struct str *out,
    struct err *err)
{
	char text[PASSWORD_MAX + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (n < 0)
		(void)err_sys(err, E_IO, "password-file %s", path);
	if (fd >= 0)
		(void)close(fd);
	if (n < 0)
		return err->code;
	*out = str_make(text, (size_t)n);
	*out = str_trim(str_first(*out, str_chr(*out, '\n')));
	if (out->n == 0 || out->n > PASSWORD_MAX)
		return err_set(err, E_INVALID, "password-file %s: expected a "
		    "password on its first line", path);
	*out = str_dup(a, *out);
	return 0;
}

int
conf_end_route(struct conf_reader *r, void *record, struct err *err)
{
	struct conf_route *c = record;
	bool password = conf_given(r, CONF_ROUTE, "password");
	bool file = conf_given(r, CONF_ROUTE, "password-file");
	const bool user = c->route.user.n > 0;

	if (user ? password == file : password || file)
		return err_set(err, E_INVALID, "user goes with password or "
		    "password-file");
	/* It never goes out in clear: only a route that knows whom it talks
	 * to may have one. */
	if (user && c->route.tls != ROUTE_TLS_VERIFY &&
	    c->route.tls != ROUTE_TLS_FIRST && c->route.tls != ROUTE_TLS_MUST)
		return err_set(err, E_INVALID, "a password needs tls = verify, "
		    "first or must");
	/* Of the domain itself the MX are meant, of a host itself. */
	if (!conf_given(r, CONF_ROUTE, "mx"))
		c->route.mx = c->route.host.n == 0;
	if (c->route.port == 0)
		c->route.port = c->route.tls == ROUTE_TLS_FIRST ? 465 : 25;
	if (file && read_password(str_dupz(conf_memory(r), c->password_file),
	    conf_memory(r), &c->route.password, err) < 0)
		return err->code;
	conf_append(r, CONF_ROUTE, &c->route);
	return 0;
}
