#include <errno.h>
#include <fcntl.h>

#include "conf/conf_int.h"

enum { PASSWORD_MAX = 1000, LIST_MAX = 65536 };

static const struct word tls_words[] = {
	{ "may", ROUTE_TLS_MAY }, { "none", ROUTE_TLS_NONE },
	{ "must", ROUTE_TLS_MUST }, { "verify", ROUTE_TLS_VERIFY },
	{ "first", ROUTE_TLS_FIRST }, { NULL, 0 },
};

static int
check_tls(cfg_t *cfg, cfg_opt_t *opt)
{
	return conf_check_word(cfg, opt, tls_words);
}

const struct option_row conf_stub_options[] = {
	{ "servers", CFGT_STR, conf_check_server, NULL, CFGF_LIST },
	{ NULL },
};
const struct option_row conf_relay_options[] = {
	{ "port", CFGT_INT, conf_check_number, NULL },
	{ "tls", CFGT_STR, check_tls, NULL },
	{ "connections", CFGT_INT, conf_check_number, NULL },
	{ "per-destination", CFGT_INT, conf_check_number, NULL },
	{ "rate", CFGT_INT, conf_check_number, NULL },
	{ "private", CFGT_BOOL, NULL, NULL },
	{ "source", CFGT_STR, conf_check_v4, NULL },
	{ "source6", CFGT_STR, conf_check_v6, NULL },
	{ NULL },
};
const struct option_row conf_queue_options[] = {
	{ "retry-min", CFGT_STR, conf_check_duration, NULL },
	{ "retry-max", CFGT_STR, conf_check_duration, NULL },
	{ "give-up", CFGT_STR, conf_check_duration, NULL },
	{ "delay-notice", CFGT_STR, conf_check_duration, NULL },
	{ "double-bounces", CFGT_BOOL, NULL, NULL },
	{ NULL },
};
const struct option_row conf_route_options[] = {
	{ "host", CFGT_STR, NULL, NULL },
	{ "mx", CFGT_BOOL, NULL, NULL },
	{ "port", CFGT_INT, conf_check_number, NULL },
	{ "tls", CFGT_STR, check_tls, NULL },
	{ "private", CFGT_BOOL, NULL, NULL },
	{ "user", CFGT_STR, NULL, NULL },
	{ "password", CFGT_STR, NULL, NULL },
	{ "password-file", CFGT_STR, NULL, NULL },
	{ "source", CFGT_STR, conf_check_v4, NULL },
	{ "source6", CFGT_STR, conf_check_v6, NULL },
	{ "fallback", CFGT_STR, NULL, NULL },
	{ "fallback-port", CFGT_INT, conf_check_number, NULL },
	{ "refuse", CFGT_STR, NULL, NULL },
	{ NULL },
};

int
conf_check_stub(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	if (cfg_size(sec, "servers"))
		return 0;
	cfg_error(cfg, "stub-zone: expected servers = { address, ... }");
	return -1;
}

/* A password never goes out in clear: only a route that knows whom it talks
 * to may have one. */
static bool
may_log_in(cfg_t *sec)
{
	const struct word *tls = cfg_size(sec, "tls") ?
	    conf_word(tls_words, cfg_getstr(sec, "tls")) : NULL;

	return tls && (tls->value == ROUTE_TLS_VERIFY ||
	    tls->value == ROUTE_TLS_FIRST || tls->value == ROUTE_TLS_MUST);
}

int
conf_check_route(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	bool user = cfg_size(sec, "user") > 0;
	unsigned passwords = cfg_size(sec, "password") +
	    cfg_size(sec, "password-file");

	if (strlen(cfg_title(sec)) == 0 || strlen(cfg_title(sec)) > 255)
		cfg_error(cfg, "route: expected \"example.org\", "
		    "\".example.org\" or \"*\"");
	else if (user ? passwords != 1 : passwords != 0)
		cfg_error(cfg, "route: user goes with password or "
		    "password-file");
	else if (user && !may_log_in(sec))
		cfg_error(cfg, "route: a password needs tls = verify, first "
		    "or must");
	else
		return 0;
	return -1;
}

void
conf_out_defaults(struct config *c)
{
	c->resolver_workers = 1;
	c->relay_workers = 1;
	c->relay_port = 25;
	c->relay_connections = 200;
	c->host_connections = 20;
	c->retry_min_s = 300;
	c->retry_max_s = 4 * 3600;
	c->expire_s = 5 * 86400;
	c->notice_s = 4 * 3600;
}

static struct str
text_of(cfg_t *sec, const char *name, struct arena *a)
{
	return cfg_size(sec, name) ? str_dup(a, str_c(cfg_getstr(sec, name)))
				   : STR("");
}

static void
take_u32(cfg_t *sec, const char *name, uint32_t *v)
{
	if (cfg_size(sec, name))
		*v = (uint32_t)cfg_getint(sec, name);
}

static void
take_bool(cfg_t *sec, const char *name, uint8_t *v)
{
	if (cfg_size(sec, name))
		*v = cfg_getbool(sec, name) == cfg_true;
}

static void
take_duration(cfg_t *sec, const char *name, uint32_t *seconds)
{
	if (cfg_size(sec, name))
		(void)conf_duration(cfg_getstr(sec, name), seconds);
}

static uint32_t
tls_of(cfg_t *sec, uint32_t otherwise)
{
	return cfg_size(sec, "tls") ?
	    conf_word(tls_words, cfg_getstr(sec, "tls"))->value : otherwise;
}

static void
take_names(cfg_t *cfg, struct str folder, struct arena *a, struct config *c)
{
	auto_buf servers = BUF_INIT(2000), stubs = BUF_INIT(8000);
	struct nameserver_conf s;

	for (unsigned i = 0; i < cfg_size(cfg, "nameservers"); i++)
		if (conf_server(a, cfg_getnstr(cfg, "nameservers", i), &s))
			msg_put(&servers, &nameserver_conf_shape, &s);
	for (unsigned i = 0; i < cfg_size(cfg, "stub-zone"); i++) {
		cfg_t *sec = cfg_getnsec(cfg, "stub-zone", i);

		for (unsigned n = 0; n < cfg_size(sec, "servers"); n++) {
			struct stub_conf row = { str_c(cfg_title(sec)),
				STR(""), 0 };

			if (!conf_server(a, cfg_getnstr(sec, "servers", n), &s))
				continue;
			row.address = s.address;
			row.port = s.port;
			msg_put(&stubs, &stub_conf_shape, &row);
		}
	}
	c->nameservers = str_dup(a, buf_get(&servers));
	c->stub_zones = str_dup(a, buf_get(&stubs));
	if (cfg_size(cfg, "trust-anchor"))
		c->trust_anchor = conf_path(a, folder,
		    cfg_getstr(cfg, "trust-anchor"));
}

static void
take_relay(cfg_t *sec, struct arena *a, struct config *c)
{
	take_u32(sec, "port", &c->relay_port);
	c->relay_tls = tls_of(sec, c->relay_tls);
	take_u32(sec, "connections", &c->relay_connections);
	take_u32(sec, "per-destination", &c->host_connections);
	take_u32(sec, "rate", &c->host_rate);
	take_bool(sec, "private", &c->relay_private);
	c->source_v4 = text_of(sec, "source", a);
	c->source_v6 = text_of(sec, "source6", a);
}

static void
take_queue(cfg_t *sec, struct config *c)
{
	take_duration(sec, "retry-min", &c->retry_min_s);
	take_duration(sec, "retry-max", &c->retry_max_s);
	take_duration(sec, "give-up", &c->expire_s);
	take_duration(sec, "delay-notice", &c->notice_s);
	take_bool(sec, "double-bounces", &c->double_bounces);
	if (c->retry_min_s == 0)
		c->retry_min_s = 1;
	if (c->retry_max_s < c->retry_min_s)
		c->retry_max_s = c->retry_min_s;
}

/* The first line of a file. */
static int
read_password(const char *path, struct arena *a, struct str *out,
    struct err *err)
{
	char text[PASSWORD_MAX + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
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

static int
take_route(cfg_t *sec, struct str folder, struct arena *a, struct buf *to,
    struct err *err)
{
	struct route_conf r = { .match = str_lower(a, str_c(cfg_title(sec))),
		.host = text_of(sec, "host", a), .port = 25,
		.user = text_of(sec, "user", a),
		.password = text_of(sec, "password", a),
		.source_v4 = text_of(sec, "source", a),
		.source_v6 = text_of(sec, "source6", a),
		.fallback = text_of(sec, "fallback", a),
		.refuse = text_of(sec, "refuse", a),
		.fallback_port = 25 };
	struct str file;

	/* Of the domain itself the MX are meant, of a host itself. */
	r.mx = r.host.n == 0;
	r.tls = tls_of(sec, ROUTE_TLS_MAY);
	if (r.tls == ROUTE_TLS_FIRST)
		r.port = 465;
	take_bool(sec, "mx", &r.mx);
	take_bool(sec, "private", &r.private);
	take_u32(sec, "port", &r.port);
	take_u32(sec, "fallback-port", &r.fallback_port);
	if (cfg_size(sec, "password-file")) {
		file = conf_path(a, folder, cfg_getstr(sec, "password-file"));
		if (read_password(str_dupz(a, file), a, &r.password, err) < 0)
			return err->code;
	}
	if (r.host.n > 255 || r.user.n > 320 || r.password.n > PASSWORD_MAX ||
	    r.fallback.n > 255 || r.refuse.n > 500)
		return err_set(err, E_INVALID, "route %.*s: a value is too "
		    "long", STR_FMT(r.match));
	msg_put(to, &route_conf_shape, &r);
	return 0;
}

int
conf_out_take(cfg_t *cfg, struct str folder, struct arena *a,
    struct config *c, struct err *err)
{
	auto_buf routes = BUF_INIT(LIST_MAX);

	take_names(cfg, folder, a, c);
	for (unsigned i = 0; i < cfg_size(cfg, "relay"); i++)
		take_relay(cfg_getnsec(cfg, "relay", i), a, c);
	for (unsigned i = 0; i < cfg_size(cfg, "queue"); i++)
		take_queue(cfg_getnsec(cfg, "queue", i), c);
	for (unsigned i = 0; i < cfg_size(cfg, "route"); i++)
		if (take_route(cfg_getnsec(cfg, "route", i), folder, a,
		    &routes, err) < 0)
			return err->code;
	if (buf_failed(&routes))
		return err_set(err, E_LIMIT, "more routes than fit");
	c->routes = str_dup(a, buf_get(&routes));
	return 0;
}
