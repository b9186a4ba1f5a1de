/*
 * conf.c - postern.conf from its file, and a configuration without one.
 */
#include <errno.h>
#include <fcntl.h>

#include "conf/option.h"

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

void
conf_listen(struct arena *a, struct config *c, const struct conf_listen *l,
    size_t n)
{
	auto_buf b = BUF_INIT(32768);

	for (size_t i = 0; i < n; i++) {
		struct listener_conf row = { l[i].kind, str_c(l[i].address),
			l[i].port, l[i].tls, STR_NULL };

		msg_put(&b, &listener_conf_shape, &row);
	}
	c->listeners = str_dup(a, buf_get(&b));
}

/* What every server is, and the defaults of the table. */
static void
set_defaults(struct arena *a, struct str folder, struct config *c)
{
	struct err err = { 0 };

	*c = (struct config){ .number = 1, .resolver_workers = 1,
		.relay_workers = 1, .web_workers = 1,
		.errand_workers = 1 };
	for (enum conf_block b = 0; b < CONF_BLOCKS; b++) {
		if (!conf_blocks[b].shape)
			conf_set_defaults(b, folder, a, c);
		if (conf_parse(str_c(conf_blocks[b].value), "defaults",
		    folder, a, c, &err) < 0)
			bug("%s", err.text);
	}
}

void
conf_defaults(struct arena *a, struct config *c)
{
	set_defaults(a, conf_here(a), c);
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

static int
read_file(const char *path, struct buf *text, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = -1;
	char *room;

	while (fd >= 0 && (room = buf_room(text, 4096)) != NULL &&
	    (n = read(fd, room, 4096)) > 0)
		buf_added(text, (size_t)n);
	if (!buf_failed(text) && n < 0)
		(void)err_sys(err, E_NOTFOUND, "%s", path);
	else if (buf_failed(text))
		(void)err_set(err, E_LIMIT, "%s: a configuration file has %d "
		    "octets at most", path, CONF_OCTETS_MAX);
	if (fd >= 0)
		(void)close(fd);
	return err->code;
}

int
conf_read_data(const char *path, struct arena *a, struct str *data,
    struct err *err)
{
	auto_buf text = BUF_INIT(CONF_OCTETS_MAX);
	struct arena *scratch = arena_new(CONF_SCRATCH);
	struct str folder = folder_of(scratch, path);
	struct err other = { 0 };
	struct config c;
	int rc = read_file(path, &text, err);

	if (rc == 0) {
		set_defaults(scratch, folder, &c);
		(void)conf_parse(buf_get(&text), path, folder, scratch, &c,
		    &other);
		*data = str_dup(a, c.data);
	}
	arena_free(scratch);
	return rc;
}

int
conf_read(const char *path, struct arena *a, struct config *c,
    struct err *err)
{
	auto_buf text = BUF_INIT(CONF_OCTETS_MAX);
	struct arena *scratch = arena_new(CONF_SCRATCH);
	struct str folder = folder_of(scratch, path);
	struct config fresh;
	struct err own = { 0 };

	set_defaults(scratch, folder, &fresh);
	if (read_file(path, &text, &own) == 0 && conf_parse(buf_get(&text),
	    path, folder, scratch, &fresh, &own) == 0 && fresh.hostname.n == 0)
		(void)err_set(&own, E_INVALID, "%s: hostname is missing: "
		    "add hostname = \"mail.example.org\"", path);
	msg_keep(a, &config_shape, &fresh);
	arena_free(scratch);
	if (own.code)
		return err_set(err, own.code, "%s", own.text);
	*c = fresh;
	return 0;
}
