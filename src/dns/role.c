/*
 * role.c - postern-resolver: asks DNS, validates, and remembers, for those
 * who must not speak with the world for that.
 *
 * Privileges: UDP and TCP to name servers, accepting on the operator's
 * socket. No file: libunbound reads what it needs in prepare(). Other DNS
 * settings mean another process: a reload is not for us.
 */
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "dns/resolver.h"
#include "dns/settings.h"
#include "rt/role.h"

enum { DNS_PORT = 53, RESOLV_CONF_MAX = 65536, OPERATORS_MAX = 16 };

struct client {
	struct resolver_role *s;
	struct ipc *ipc;
	struct client *next, **prev;
};

struct resolver_role {
	struct role *role;
	struct resolver *resolver;
	struct client *clients;
	struct watch control;	/* fd -1: there is none */
	unsigned operators;
};

/* Asks -------------------------------------------------------------------- */

static void
reply(void *arg, const struct lookup_answer *answer)
{
	ipc_reply(arg, answer, -1);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct client *c = owner;

	resolver_lookup(c->s->resolver, req->ask, reply, req);
}

static void
client_drop(struct client *c)
{
	if (ipc_authority(c->ipc) == DNS_AUTH_OPERATOR)
		c->s->operators--;
	*c->prev = c->next;
	if (c->next)
		c->next->prev = c->prev;
	ipc_close(c->ipc);
	free(c);
}

static void
on_gone(void *owner, struct ipc *ipc unused_arg, const char *why)
{
	struct client *c = owner;

	if (!str_eq(str_c(why), STR("closed")))
		log_event(c->s->role->log, LOG_WARN, "thrown_out",
		    F_STR("why", str_c(why)));
	client_drop(c);
}

static void
client_new(struct resolver_role *s, int fd, enum dns_authority authority)
{
	static const struct ipc_service service = { dns_calls, DNS_NCALLS,
		on_ask, on_gone };
	struct client *c = calloc(1, sizeof(*c));
	struct ipc_options o = { .service = &service, .owner = c,
		.authority = authority, .window = DNS_WINDOW };
	struct err err = { 0 };

	bug_if(!c);
	c->s = s;
	c->ipc = ipc_open(s->role->loop, fd, &o, &err);
	if (!c->ipc) {
		log_event(s->role->log, LOG_ERROR, "peer_failed", F_ERR(&err));
		free(c);
		return;
	}
	if (authority == DNS_AUTH_OPERATOR)
		s->operators++;
	c->next = s->clients;
	c->prev = &s->clients;
	if (c->next)
		c->next->prev = &c->next;
	s->clients = c;
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	if (kind == ROLE_RELAY || kind == ROLE_MX)
		client_new(r->state, fd, DNS_AUTH_ROLE);
	else
		(void)close(fd);
}

/* The operator's socket ---------------------------------------------------- */

static bool
is_operator(int fd)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 &&
	    n == sizeof(who) && (who.uid == 0 || who.uid == getuid());
}

static void
on_control(struct watch *w, uint32_t events unused_arg)
{
	struct resolver_role *s = container_of(w, struct resolver_role,
	    control);
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (s->operators >= OPERATORS_MAX || !is_operator(fd))
		(void)close(fd);
	else
		client_new(s, fd, DNS_AUTH_OPERATOR);
}

static void
listen_on(struct role *r, enum listen_kind kind, int fd)
{
	struct resolver_role *s = r->state;
	struct err err = { 0 };

	if (kind != LISTEN_RESOLVER_CONTROL || s->control.fd >= 0) {
		(void)close(fd);
		return;
	}
	s->control = (struct watch){ .fd = fd, .events = EPOLLIN,
		.fn = on_control };
	if (loop_watch(r->loop, &s->control, &err) < 0)
		log_event(r->log, LOG_ERROR, "control_failed", F_ERR(&err));
}

/* The role ---------------------------------------------------------------- */

static void
read_file(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *room = buf_room(b, RESOLV_CONF_MAX);
	ssize_t n = fd < 0 || !room ? 0 : read(fd, room, RESOLV_CONF_MAX);

	if (n > 0)
		buf_added(b, (size_t)n);
	if (fd >= 0)
		(void)close(fd);
}

/* The operator's anchor, or the root's that Debian's dns-root-data has. */
static void
choose_anchor(struct role *r, struct settings *s)
{
	static const char root[] = "/usr/share/dns/root.key";

	s->trust_anchor = r->config.trust_anchor;
	s->anchor_is_default = s->trust_anchor.n == 0;
	if (s->anchor_is_default && access(root, R_OK) == 0)
		s->trust_anchor = str_c(root);
	if (s->trust_anchor.n == 0)
		log_event(r->log, LOG_WARN, "no_dnssec", F_STR("why",
		    STR("no trust anchor is set, and dns-root-data is not "
			"installed")));
}

/* By TCP, where an answer was too long for UDP. */
static void
open_ports(struct role *r)
{
	struct rd asked = rd_of(r->config.nameservers);
	struct rd stubs = rd_of(r->config.stub_zones);
	struct nameserver_conf all;
	struct stub_conf stub;

	sandbox_port(&r->sandbox, DNS_PORT);
	while (rd_left(&asked) > 0 &&
	    msg_take(&asked, &nameserver_conf_shape, &all))
		sandbox_port(&r->sandbox, all.port);
	while (rd_left(&stubs) > 0 &&
	    msg_take(&stubs, &stub_conf_shape, &stub))
		sandbox_port(&r->sandbox, stub.port);
}

static int
prepare(struct role *r, struct err *err)
{
	struct resolver_role *s = r->state;
	auto_buf resolv_conf = BUF_INIT(RESOLV_CONF_MAX);
	auto_buf text = BUF_INIT(1 << 18);
	struct settings settings = { .config = &r->config };

	s->role = r;
	s->control.fd = -1;
	open_ports(r);
	choose_anchor(r, &settings);
	if (r->config.nameservers.n == 0)
		read_file("/etc/resolv.conf", &resolv_conf);
	settings.resolv_conf = buf_get(&resolv_conf);
	if (settings_write(&settings, &text, err) < 0)
		return err->code;
	s->resolver = resolver_new(r->loop, buf_get(&text), err);
	return s->resolver ? 0 : err->code;
}

static void
stop(struct role *r)
{
	struct resolver_role *s = r->state;

	if (s->control.fd < 0)
		return;
	loop_unwatch(r->loop, &s->control);
	(void)close(s->control.fd);
	s->control.fd = -1;
}

static void
finish(struct role *r)
{
	struct resolver_role *s = r->state;

	resolver_free(s->resolver);
	while (s->clients)
		client_drop(s->clients);
}

int
main(void)
{
	static const struct role_ops ops = {
		.kind = ROLE_RESOLVER,
		.state_size = sizeof(struct resolver_role),
		.sandbox = { .may = MAY_CONNECT | MAY_DATAGRAM | MAY_ACCEPT },
		.prepare = prepare,
		.peer = peer,
		.listen = listen_on,
		.stop = stop,
		.finish = finish,
	};

	return role_main(&ops);
}
