#include "conf/option.h"

#include <fcntl.h>

#include "base/log.h"
#include "base/test.h"
#include "conf/conf_cases.h"

static const char *
write_file(const char *folder, const char *text)
{
	static char path[200];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/postern.conf", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	return path;
}

static void
test_errors(void **state)
{
	char folder[] = "/tmp/conf-XXXXXX";
	struct arena *a = arena_new(1 << 20);
	const char *path = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < NELEM(cases); i++) {
		struct config c = { 0 };
		struct err err = { 0 };
		int rc;

		path = write_file(folder, cases[i].text);
		rc = conf_read(path, a, &c, &err);
		if ((rc == 0) != !cases[i].wrong ||
		    (rc && !strstr(err.text, cases[i].wrong)))
			print_error("%zu: %d %s\n", i, rc, err.text);
		assert_int_equal(rc == 0, !cases[i].wrong);
		if (rc)
			assert_non_null(strstr(err.text, cases[i].wrong));
		if (rc)
			assert_non_null(strstr(err.text, path));
	}
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

static void
check_listener(struct rd *r, uint32_t kind, const char *address, uint32_t port)
{
	struct listener_conf l;

	assert_true(msg_take(r, &listener_conf_shape, &l));
	assert_int_equal(l.kind, kind);
	assert_str(l.address, address);
	assert_int_equal(l.port, port);
}

static void
test_leaving(void **state)
{
	char folder[] = "/tmp/conf-XXXXXX";
	struct arena *a = arena_new(1 << 20);
	struct nameserver_conf server;
	struct stub_conf stub;
	struct route_conf route;
	struct config *const c = arena_new_of(a, struct config);
	struct err err = { 0 };
	const char *path;
	struct rd r;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = write_file(folder, "hostname = a.b\n"
	    "unjudged = { \"192.0.2.0/24\", \"2001:db8::1\" }\n"
	    "nameservers = {\"192.0.2.53\", \"127.0.0.1@5353\"}\n"
	    "stub-zone \"x.test\" { servers = {\"::1@99\"} }\n"
	    "relay { port = 2025 tls = must private = true\n"
	    " source = \"192.0.2.1\" per-destination = 7 }\n"
	    "queue { retry-min = 10s retry-max = 1h give-up = 2d\n"
	    " delay-notice = 0 double-bounces = true }\n"
	    "route \"Example.net\" { }\n"
	    "route \"*\" { host = \"out.example.com\" tls = first user = me\n"
	    " password = \"s e\" fallback = \"[192.0.2.9]\"\n"
	    " refuse = \"not now\" }\n");
	assert_int_equal(conf_read(path, a, c, &err), 0);
	assert_str(c->unjudged, "192.0.2.0/24 2001:db8::1");
	r = rd_of(c->nameservers);
	assert_true(msg_take(&r, &nameserver_conf_shape, &server));
	assert_str(server.address, "192.0.2.53");
	assert_int_equal(server.port, 53);
	assert_true(msg_take(&r, &nameserver_conf_shape, &server));
	assert_int_equal(server.port, 5353);
	assert_true(msg_whole(c->stub_zones, &stub_conf_shape, &stub));
	assert_str(stub.zone, "x.test");
	assert_str(stub.address, "::1");
	assert_int_equal(stub.port, 99);
	assert_int_equal(c->relay_port, 2025);
	assert_int_equal(c->relay_tls, ROUTE_TLS_MUST);
	assert_true(c->relay_private);
	assert_str(c->source_v4, "192.0.2.1");
	assert_int_equal(c->host_connections, 7);
	assert_int_equal(c->retry_min_s, 10);
	assert_int_equal(c->retry_max_s, 3600);
	assert_int_equal(c->expire_s, 2 * 86400);
	assert_int_equal(c->notice_s, 0);
	assert_true(c->double_bounces);
	r = rd_of(c->routes);
	assert_true(msg_take(&r, &route_conf_shape, &route));
	assert_str(route.match, "example.net");
	assert_true(route.mx);
	assert_int_equal(route.port, 25);
	assert_true(msg_take(&r, &route_conf_shape, &route));
	assert_str(route.host, "out.example.com");
	assert_false(route.mx);
	assert_int_equal(route.port, 465);
	assert_str(route.password, "s e");
	assert_str(route.fallback, "[192.0.2.9]");
	assert_str(route.refuse, "not now");
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

static void
test_values(void **state)
{
	char folder[] = "/tmp/conf-XXXXXX", want[100];
	struct arena *a = arena_new(1 << 20);
	struct cert_conf cert;
	struct config c = { 0 };
	struct err err = { 0 };
	const char *path;
	struct rd r;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = write_file(folder,
	    "hostname = mail.example.org\n"
	    "data = mail\n"
	    "listen { kind = submission port = 587 }\n"
	    "listen { kind = submission port = 2525 address = \"::1\" }\n"
	    "certificate { chain = c.pem key = /k.pem }\n"
	    "max-message = 10K\nquota = 1G\ncompress = 0\n"
	    "mx-workers = 3\nlog-level = debug\n");
	assert_int_equal(conf_read(path, a, &c, &err), 0);
	assert_str(c.hostname, "mail.example.org");
	(void)snprintf(want, sizeof(want), "%s/mail", folder);
	assert_str(c.data, want);
	r = rd_of(c.listeners);
	check_listener(&r, LISTEN_SUBMISSION, "*", 587);
	check_listener(&r, LISTEN_SUBMISSION, "::1", 2525);
	assert_true(rd_done(&r));
	assert_true(msg_whole(c.certificates, &cert_conf_shape, &cert));
	(void)snprintf(want, sizeof(want), "%s/c.pem", folder);
	assert_str(cert.chain_path, want);
	assert_str(cert.key_path, "/k.pem");
	assert_int_equal(c.max_message, 10240);
	assert_int_equal(c.quota, 1 << 30);
	assert_int_equal(c.compress, 0);
	assert_int_equal(c.mx_workers, 3);
	assert_int_equal(c.log_level, LOG_DEBUG);
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

static void
test_defaults(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct config c;
	struct rd r;

	(void)state;
	conf_defaults(a, &c);
	r = rd_of(c.listeners);
	check_listener(&r, LISTEN_SMTP, "*", 25);
	check_listener(&r, LISTEN_SUBMISSIONS, "*", 465);
	check_listener(&r, LISTEN_SUBMISSION, "*", 587);
	check_listener(&r, LISTEN_SUBMISSION, "*", 2525);
	check_listener(&r, LISTEN_IMAP, "*", 143);
	check_listener(&r, LISTEN_IMAPS, "*", 993);
	check_listener(&r, LISTEN_POP3, "*", 110);
	check_listener(&r, LISTEN_POP3S, "*", 995);
	check_listener(&r, LISTEN_HTTP, "*", 80);
	check_listener(&r, LISTEN_HTTPS, "*", 443);
	assert_true(rd_done(&r));
	assert_int_equal(c.max_recipients, 1000);
	assert_true(c.mx_workers >= 1 && c.mx_workers <= 8);
	arena_free(a);
}

/* ---- the table ----------------------------------------------------------- */

static bool
has_range(const struct conf_option *o)
{
	return o->type == CONF_NUMBER || o->type == CONF_WORKERS ||
	    o->type == CONF_SIZE || o->type == CONF_TIME;
}

static bool
takes(const struct conf_option *o, const char *text)
{
	struct arena *a = arena_new(1 << 20);
	union {
		struct config config;
		union conf_record record;
	} into = { 0 };
	bool taken = conf_set(o, str_c(text), STR("/tmp"), a, &into, NULL);

	arena_free(a);
	return taken;
}

/* Every option says what it is, what holds without it, and within which
 * bounds; and keeps to them. */
static void
test_rows(void **state unused_arg)
{
	char text[30];

	for (size_t i = 0; i < conf_noptions; i++) {
		const struct conf_option *o = &conf_options[i];

		print_message("%s %s\n", conf_blocks[o->block].name, o->name);
		assert_in_range(strlen(o->help), 3, 65);
		assert_true(o->value || o->unset);
		assert_true(!o->value || takes(o, o->value));
		assert_true(o->low < o->high);
		assert_true(o->type != CONF_WORD || o->words);
		assert_int_equal(o->width, o->type < CONF_NUMBER ?
		    sizeof(struct str) : o->type == CONF_SIZE ? 8 :
		    o->type == CONF_BOOL ? 1 : o->width);
		if (o->type < CONF_NUMBER)
			continue;
		assert_true(o->width == 8 || o->high < 1ull << 8 * o->width);
		if (!has_range(o))
			continue;
		for (int more = 0; more <= 1; more++) {
			const char *s = o->type == CONF_TIME ? "s" : "";

			(void)snprintf(text, sizeof(text), "%llu%s",
			    (unsigned long long)o->high + (unsigned)more, s);
			assert_int_equal(takes(o, text), !more);
			(void)snprintf(text, sizeof(text), "%lld%s",
			    (long long)o->low - more, s);
			assert_int_equal(takes(o, text), !more);
		}
	}
}

/* Each field of struct config is an option's, a block's, or known to be none:
 * so a field that nobody can set is noticed. */
static void
test_fields(void **state unused_arg)
{
	static const char *const own[] = { "number", "resolver_workers",
		"relay_workers", "web_workers", "errand_workers" };

	for (size_t f = 0; f < config_shape.n; f++) {
		const struct msg_field *field = &config_shape.fields[f];
		unsigned found = 0;

		for (size_t i = 0; i < conf_noptions; i++)
			found += !conf_blocks[conf_options[i].block].shape &&
			    conf_options[i].offset == field->offset;
		for (size_t i = 0; i < CONF_BLOCKS; i++)
			found += conf_blocks[i].shape &&
			    conf_blocks[i].list == field->offset;
		for (size_t i = 0; i < NELEM(own); i++)
			found += str_eq(str_c(field->name), str_c(own[i]));
		print_message("%s\n", field->name);
		assert_int_equal(found, 1);
	}
}

static void
put_block(struct buf *b, enum conf_block block)
{
	const char *name = conf_blocks[block].name;

	if (block != CONF_FILE)
		buf_printf(b, "%s {\n", name);
	for (size_t i = 0; i < conf_noptions; i++)
		if (conf_options[i].block == block && conf_options[i].value)
			buf_printf(b, "%s = \"%s\"\n", conf_options[i].name,
			    conf_options[i].value);
	if (block != CONF_FILE)
		buf_lit(b, "}\n");
}

/* A file that says every default is the same as one that says nothing. */
static void
test_said_defaults(void **state unused_arg)
{
	char folder[] = "/tmp/conf-XXXXXX";
	struct arena *a = arena_new(1 << 20);
	auto_buf text = BUF_INIT(10000);
	auto_buf all = BUF_INIT(100000), none = BUF_INIT(100000);
	struct config c;
	struct err err = { 0 };
	const char *path;

	assert_non_null(mkdtemp(folder));
	path = write_file(folder, "hostname = a.b\n");
	assert_int_equal(conf_read(path, a, &c, &err), 0);
	msg_put(&none, &config_shape, &c);
	buf_lit(&text, "hostname = a.b\n");
	for (enum conf_block b = 0; b < CONF_BLOCKS; b++) {
		if (!conf_blocks[b].shape)
			put_block(&text, b);
		buf_str(&text, str_c(conf_blocks[b].value));
	}
	buf_chr(&text, '\0');
	path = write_file(folder, text.p);
	if (conf_read(path, a, &c, &err) < 0)
		print_error("%s\n", err.text);
	assert_int_equal(err.code, 0);
	msg_put(&all, &config_shape, &c);
	assert_true(str_eq(buf_get(&all), buf_get(&none)));
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

/* The example in dist/ is right, and says what the defaults are. */
static void
test_example(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct config c, *d = arena_new_of(a, struct config);
	struct err err = { 0 };

	if (conf_read(*state, a, &c, &err) < 0)
		print_error("%s\n", err.text);
	assert_int_equal(err.code, 0);
	conf_defaults(a, d);
	assert_strs(c.listeners, d->listeners);
	assert_int_equal(c.max_message, d->max_message);
	assert_int_equal(c.max_connections, d->max_connections);
	assert_int_equal(c.uid_base, d->uid_base);
	arena_free(a);
}

/* So many of each kind in a pool, and not one more of either. */
static void
test_pool_addresses(void **state unused_arg)
{
	char folder[] = "/tmp/conf-XXXXXX";
	struct arena *a = arena_new(1 << 20);
	static const struct {
		int v4, v6;
		bool good;
	} t[] = {
		{ POOL_SOURCES_MAX, POOL_SOURCES_MAX, true },
		{ POOL_SOURCES_MAX + 1, 0, false },
		{ 1, POOL_SOURCES_MAX + 1, false },
	};
	const char *path = NULL;

	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf text = BUF_INIT(10000);
		struct config c = { 0 };
		struct err err = { 0 };

		buf_lit(&text, "hostname = a.b\npool p { addresses = { ");
		for (int k = 1; k <= t[i].v4; k++)
			buf_printf(&text, "%s\"192.0.2.%d\"", k > 1 ? ", " :
			    "", k);
		for (int k = 1; k <= t[i].v6; k++)
			buf_printf(&text, ", \"2001:db8::%d\"", k);
		buf_lit(&text, " } }\n");
		buf_chr(&text, '\0');
		path = write_file(folder, text.p);
		assert_int_equal(conf_read(path, a, &c, &err) == 0, t[i].good);
		if (!t[i].good)
			assert_non_null(strstr(err.text, "64 addresses"));
	}
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

static const char *
in_folder(struct arena *a, const char *folder, const char *name)
{
	return str_dupz(a, arena_printf(a, "%s/%s", folder, name));
}

/* What it shows in comments is right as well. */
static void
test_example_uncommented(void **state)
{
	char folder[] = "/tmp/conf-XXXXXX", line[200];
	struct arena *a = arena_new(1 << 20);
	auto_buf text = BUF_INIT(100000);
	struct config c;
	struct err err = { 0 };
	FILE *example = fopen(*state, "r");
	static const char *const passwords[] = { "smarthost.password",
		"issuer.secret", "ldap.password", "proxy.password" };
	const char *path, *keys;

	assert_non_null(mkdtemp(folder));
	assert_non_null(example);
	while (fgets(line, sizeof(line), example))
		buf_str(&text, str_from(str_c(line), line[0] == '#' &&
		    line[1] != ' ' && line[1] != '\n'));
	buf_chr(&text, '\0');
	(void)fclose(example);
	for (size_t i = 0; i < NELEM(passwords); i++)
		assert_int_equal(symlink("/proc/self/comm", in_folder(a,
		    folder, passwords[i])), 0);
	keys = in_folder(a, folder, "issuer.jwks");
	assert_int_equal(rename(write_file(folder, "{\"keys\":[]}"), keys), 0);
	path = write_file(folder, text.p);
	if (conf_read(path, a, &c, &err) < 0)
		print_error("%s\n", err.text);
	assert_int_equal(err.code, 0);
	assert_true(c.nameservers.n > 0 && c.stub_zones.n > 0);
	assert_true(c.routes.n > 0 && c.certificates.n > 0);
	assert_true(c.oauth.n > 0);
	for (size_t i = 0; i < NELEM(passwords); i++)
		(void)unlink(in_folder(a, folder, passwords[i]));
	(void)unlink(keys);
	(void)unlink(path);
	(void)rmdir(folder);
	arena_free(a);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_leaving),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_said_defaults),
		cmocka_unit_test(test_pool_addresses),
		cmocka_unit_test_prestate(test_example,
		    argc > 1 ? argv[1] : NULL),
		cmocka_unit_test_prestate(test_example_uncommented,
		    argc > 1 ? argv[1] : NULL),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
