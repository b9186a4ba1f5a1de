/*
 * role.c - a role that does nothing but say what master told it. The host
 * name of the configuration says how it misbehaves.
 */
#include <poll.h>

#include "rt/role.h"

static void
say(struct role *r, const char *what, const char *of, uint32_t n)
{
	log_event(r->log, LOG_INFO, what, F_STR("of", str_c(of)),
	    F_INT("n", n), F_INT("pid", getpid()));
}

static bool
told_to(const struct role *r, const char *what)
{
	char want[64];

	(void)snprintf(want, sizeof(want), "%s.%s", role_name(KIND), what);
	return str_eq(r->config.hostname, str_c(want));
}

static int
prepare(struct role *r, struct err *err)
{
	say(r, "prepare", role_name(KIND), r->index);
	if (told_to(r, "fails"))
		return err_set(err, E_INVALID, "I was told to fail");
	if (told_to(r, "crashes"))
		abort();
	return 0;
}

static int
sandboxed(struct role *r, struct err *err)
{
	(void)err;
	log_event(r->log, LOG_INFO, "sandboxed", F_STR("data", r->config.data),
	    F_INT("uid", getuid()));
	return 0;
}

/* A relay that asks errand whenever it has a connection to it, and an errand
 * that ends when it was asked. */
static void
ask_errand(struct role *r, int fd)
{
	if (write(fd, "?", 1) == 1)
		say(r, "asks", "errand", 0);
}

static void
take_ask(struct role *r, int fd)
{
	char octet = 0;

	if (read(fd, &octet, 1) != 1 || octet != '?')
		return;
	say(r, "asked", "errand", 0);
	role_done(r, 0);
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index, int fd)
{
	say(r, "peer", role_name(kind), index);
	if (kind == ROLE_ERRAND && told_to(r, "asks"))
		ask_errand(r, fd);
	if (KIND == ROLE_ERRAND && kind == ROLE_RELAY)
		take_ask(r, fd);
}

static void
on_listen(struct role *r, enum listen_kind kind, int fd)
{
	(void)fd;
	say(r, "listen", role_name(KIND), kind);
}

static void
reload(struct role *r)
{
	say(r, "reload", role_name(KIND), (uint32_t)r->config.number);
}

static void
stop(struct role *r)
{
	say(r, "stop", role_name(KIND), r->index);
	if (told_to(r, "hangs"))
		for (;;)
			(void)poll(NULL, 0, 1000);
}

static void
finish(struct role *r)
{
	say(r, "finish", role_name(KIND), r->index);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = KIND,
		.sandbox = { KIND == ROLE_STORE ? MAY_FILES : 0,
			KIND == ROLE_STORE },
		.prepare = prepare,
		.sandboxed = sandboxed,
		.peer = peer,
		.listen = on_listen,
		.reload = reload,
		.stop = stop,
		.finish = finish,
	};

	return role_main(&ops);
}
