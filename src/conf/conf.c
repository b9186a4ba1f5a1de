#include "conf/conf_int.h"

#include <errno.h>
#include <stdarg.h>

/* libconfuse gives its error function no argument, so the first error is kept
 * here while conf_read() runs. */
static _Thread_local struct err *problem;

static void
keep_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[160];

	if (!problem || problem->code)
		return;
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	(void)err_set(problem, E_INVALID, "%s:%d: %s",
	    cfg->filename ? cfg->filename : "configuration", cfg->line, text);
}

static const struct word levels[] = {
	{ "error", LOG_ERROR }, { "warn", LOG_WARN }, { "info", LOG_INFO },
	{ "debug", LOG_DEBUG }, { NULL, 0 },
};
static const struct word kinds[] = {
	{ "smtp", LISTEN_SMTP }, { "submission", LISTEN_SUBMISSION },
	{ "submissions", LISTEN_SUBMISSIONS }, { "imap", LISTEN_IMAP },
	{ "imaps", LISTEN_IMAPS }, { NULL, 0 },
};

static int
check_level(cfg_t *cfg, cfg_opt_t *opt)
{
	return conf_check_word(cfg, opt, levels);
}

static int
check_kind(cfg_t *cfg, cfg_opt_t *opt)
{
	return conf_check_word(cfg, opt, kinds);
}

/* Checks of whole blocks, at their closing brace. */
static int
check_listen(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	if (!cfg_size(sec, "kind"))
		cfg_error(cfg, "listen: kind is missing");
	else if (!cfg_size(sec, "port"))
		cfg_error(cfg, "listen: port is missing");
	else
		return 0;
	return -1;
}

static int
check_certificate(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	if (cfg_size(sec, "chain") && cfg_size(sec, "key"))
		return 0;
	cfg_error(cfg, "certificate: expected chain and key, two files");
	return -1;
}

/* From what was read to the value. -------------------------------------- */

struct str
conf_here(struct arena *a)
{
	char *here = getcwd(NULL, 0);
	struct str s = str_dup(a, here ? str_c(here) : STR("."));

	free(here);
	return s;
}

struct str
conf_path(struct arena *a, struct str folder, const char *path)
{
	if (path[0] == '/')
		return str_dup(a, str_c(path));
	return arena_printf(a, "%.*s/%s", STR_FMT(folder), path);
}

static uint32_t
workers(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > CORES_MAX ? CORES_MAX : (uint32_t)n;
}

void
conf_listen(struct arena *a, struct config *c, const struct conf_listen *l,
    size_t n)
{
	auto_buf b = BUF_INIT(32768);

	for (size_t i = 0; i < n; i++) {
		struct listener_conf row = { l[i].kind, str_c(l[i].address),
			l[i].port };

		msg_put(&b, &listener_conf_shape, &row);
	}
	c->listeners = str_dup(a, buf_get(&b));
}

void
conf_defaults(struct arena *a, struct config *c)
{
	static const struct conf_listen standard[] = {
		{ LISTEN_SMTP, "*", 25 },
		{ LISTEN_SUBMISSIONS, "*", 465 },
		{ LISTEN_SUBMISSION, "*", 587 },
		{ LISTEN_SUBMISSION, "*", 2525 },
		{ LISTEN_IMAP, "*", 143 },
		{ LISTEN_IMAPS, "*", 993 },
	};

	*c = (struct config){
		.number = 1,
		.data = conf_path(a, conf_here(a), "postern-data"),
		.mx_workers = workers(),
		.front_workers = workers(),
		.max_connections = 4000,
		.max_recipients = 1000,
		.max_message = 50 << 20,
		.smtp_timeout_s = 300,
		.imap_timeout_s = 1800,
		.log_level = LOG_INFO,
		.uid_base = 61840,
		.compress = 1,
	};
	conf_out_defaults(c);
	conf_listen(a, c, standard, NELEM(standard));
}

static void
set_u32(cfg_t *cfg, const char *name, uint32_t *v)
{
	if (cfg_size(cfg, name))
		*v = (uint32_t)cfg_getint(cfg, name);
}

static void
set_size(cfg_t *cfg, const char *name, uint64_t *v)
{
	if (cfg_size(cfg, name))
		(void)conf_size(cfg_getstr(cfg, name), v);
}

static void
take_listen(cfg_t *cfg, struct arena *a, struct config *c)
{
	auto_buf b = BUF_INIT(32768);

	for (unsigned i = 0; i < cfg_size(cfg, "listen"); i++) {
		cfg_t *sec = cfg_getnsec(cfg, "listen", i);
		struct listener_conf row = {
			.kind = conf_word(kinds,
			    cfg_getstr(sec, "kind"))->value,
			.address = cfg_size(sec, "address") ?
			    str_c(cfg_getstr(sec, "address")) : STR("*"),
			.port = (uint32_t)cfg_getint(sec, "port"),
		};

		msg_put(&b, &listener_conf_shape, &row);
	}
	if (b.n > 0)
		c->listeners = str_dup(a, buf_get(&b));
}

static void
take_certificates(cfg_t *cfg, struct str folder, struct arena *a,
    struct config *c)
{
	auto_buf b = BUF_INIT(32768);

	for (unsigned i = 0; i < cfg_size(cfg, "certificate"); i++) {
		cfg_t *sec = cfg_getnsec(cfg, "certificate", i);
		struct cert_conf row = {
			conf_path(a, folder, cfg_getstr(sec, "chain")),
			conf_path(a, folder, cfg_getstr(sec, "key")),
		};

		msg_put(&b, &cert_conf_shape, &row);
	}
	c->certificates = str_dup(a, buf_get(&b));
}

static int
take(cfg_t *cfg, struct str folder, struct arena *a, struct config *c,
    struct err *err)
{
	c->hostname = str_dup(a, str_c(cfg_getstr(cfg, "hostname")));
	c->data = conf_path(a, folder, cfg_size(cfg, "data") ?
		cfg_getstr(cfg, "data") : "postern-data");
	set_u32(cfg, "mx-workers", &c->mx_workers);
	set_u32(cfg, "front-workers", &c->front_workers);
	set_u32(cfg, "max-connections", &c->max_connections);
	set_u32(cfg, "max-recipients", &c->max_recipients);
	set_size(cfg, "max-message", &c->max_message);
	set_size(cfg, "quota", &c->quota);
	set_u32(cfg, "smtp-timeout", &c->smtp_timeout_s);
	set_u32(cfg, "imap-timeout", &c->imap_timeout_s);
	set_u32(cfg, "uid-base", &c->uid_base);
	if (cfg_size(cfg, "compress"))
		c->compress = (uint8_t)cfg_getint(cfg, "compress");
	if (cfg_size(cfg, "log-level"))
		c->log_level = conf_word(levels,
		    cfg_getstr(cfg, "log-level"))->value;
	take_listen(cfg, a, c);
	take_certificates(cfg, folder, a, c);
	return conf_out_take(cfg, folder, a, c, err);
}

static const struct option_row listen_options[] = {
	{ "kind", CFGT_STR, check_kind, NULL },
	{ "address", CFGT_STR, NULL, NULL },
	{ "port", CFGT_INT, conf_check_number, NULL },
	{ NULL },
};
static const struct option_row certificate_options[] = {
	{ "chain", CFGT_STR, NULL, NULL },
	{ "key", CFGT_STR, NULL, NULL },
	{ NULL },
};
static const struct option_row options[] = {
	{ "hostname", CFGT_STR, conf_check_hostname, NULL },
	{ "data", CFGT_STR, NULL, NULL },
	{ "listen", CFGT_SEC, check_listen, listen_options },
	{ "certificate", CFGT_SEC, check_certificate, certificate_options },
	{ "nameservers", CFGT_STR, conf_check_server, NULL, CFGF_LIST },
	{ "trust-anchor", CFGT_STR, NULL, NULL },
	{ "stub-zone", CFGT_SEC, conf_check_stub, conf_stub_options,
	    CFGF_TITLE },
	{ "relay", CFGT_SEC, NULL, conf_relay_options },
	{ "queue", CFGT_SEC, NULL, conf_queue_options },
	{ "route", CFGT_SEC, conf_check_route, conf_route_options,
	    CFGF_TITLE },
	{ "mx-workers", CFGT_INT, conf_check_number, NULL },
	{ "front-workers", CFGT_INT, conf_check_number, NULL },
	{ "max-connections", CFGT_INT, conf_check_number, NULL },
	{ "max-recipients", CFGT_INT, conf_check_number, NULL },
	{ "max-message", CFGT_STR, conf_check_size, NULL },
	{ "quota", CFGT_STR, conf_check_size, NULL },
	{ "smtp-timeout", CFGT_INT, conf_check_number, NULL },
	{ "imap-timeout", CFGT_INT, conf_check_number, NULL },
	{ "compress", CFGT_INT, conf_check_number, NULL },
	{ "uid-base", CFGT_INT, conf_check_number, NULL },
	{ "log-level", CFGT_STR, check_level, NULL },
	{ NULL },
};

/* libconfuse's table from ours; it copies what it gets. */
static cfg_opt_t *
table_of(struct arena *a, const struct option_row *row)
{
	size_t n = 0;
	cfg_opt_t *o;

	while (row[n].name)
		n++;
	o = arena_array(a, n + 1, sizeof(*o)); /* the last one is CFG_END */
	for (size_t i = 0; i < n; i++) {
		o[i].name = row[i].name;
		o[i].type = row[i].type;
		o[i].flags = row[i].flags |
		    (row[i].block ? CFGF_MULTI : CFGF_NODEFAULT);
		o[i].validcb = row[i].check;
		if (row[i].block)
			o[i].subopts = table_of(a, row[i].block);
	}
	return o;
}

static cfg_t *
new_parser(struct arena *a)
{
	cfg_t *cfg = cfg_init(table_of(a, options), CFGF_NOCASE);

	if (!cfg)
		bug("out of memory");
	(void)cfg_set_error_function(cfg, keep_error);
	return cfg;
}

static struct str
folder_of(struct arena *a, const char *path)
{
	struct str s = str_c(path);
	size_t slash = str_rchr(s, '/');

	if (slash == s.n)
		return conf_here(a);
	return conf_path(a, conf_here(a),
	    str_dupz(a, slash ? str_first(s, slash) : STR("/")));
}

int
conf_read(const char *path, struct arena *a, struct config *c,
    struct err *err)
{
	struct err own = { 0 };
	struct config fresh;
	cfg_t *cfg;
	int rc;

	if (access(path, R_OK) < 0)
		return err_sys(err, E_NOTFOUND, "%s", path);
	conf_defaults(a, &fresh);
	cfg = new_parser(a);
	problem = &own;
	rc = cfg_parse(cfg, path);
	problem = NULL;
	if (rc != CFG_SUCCESS || own.code)
		(void)err_set(err, E_INVALID, "%s", own.code ? own.text :
		    "the file does not make sense");
	else if (!cfg_size(cfg, "hostname"))
		own.code = err_set(err, E_INVALID, "%s: hostname is missing: "
		    "add hostname = \"mail.example.org\"", path);
	else if (take(cfg, folder_of(a, path), a, &fresh, &own) < 0)
		(void)err_set(err, own.code, "%s: %s", path, own.text);
	cfg_free(cfg);
	if (rc != CFG_SUCCESS || own.code)
		return E_INVALID;
	*c = fresh;
	return 0;
}
