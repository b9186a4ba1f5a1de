/*
 * role.c - postern-resolver: asks DNS, validates, and remembers, for those
 * who must not speak with the world for that.
 *
 * Privileges: UDP and TCP to name servers, accepting on the operator's
 * socket. No file: libunbound reads what it needs in prepare(). Other DNS
 * settings mean another process: a reload is not for us.
 */
#include <fcntl.h>

#include "dns/resolver.h"
#include "dns/settings.h"
#include "rt/clients.h"
#include "rt/role.h"

enum { DNS_PORT = 53, RESOLV_CONF_MAX = 65536, OPERATORS_MAX = 16 };

struct resolver_role {
	struct role *role;
	struct resolver *resolver;
	struct clients clients;
	struct client_socket control;
};

static void
reply(void *arg, const struct lookup_answer *answer)
{
	ipc_reply(arg, answer, -1);
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct resolver_role *s = container_of(
	    ((struct ipc_client *)owner)->clients, struct resolver_role,
	    clients);

	resolver_lookup(s->resolver, req->ask, reply, req);
}

static void
peer(struct role *r, enum role_kind kind, uint32_t index unused_arg, int fd)
{
	static const struct client_rights rights = { .name = "role",
		.authority = DNS_AUTH_ROLE, .window = DNS_WINDOW };
	struct resolver_role *s = r->state;

	if (kind == ROLE_RELAY || kind == ROLE_MX || kind == ROLE_ERRAND ||
	    kind == ROLE_LDAP)
		clients_add(&s->clients, fd, &rights, 0);
	else
		(void)close(fd);
}

static void
on_operator(struct client_socket *from, int fd, uid_t uid unused_arg)
{
	static const struct client_rights rights = { .name = "operator",
		.authority = DNS_AUTH_OPERATOR, .window = DNS_WINDOW,
		.max = OPERATORS_MAX };
	struct resolver_role *s = container_of(from, struct resolver_role,
	    control);

	clients_add(&s->clients, fd, &rights, 0);
}

static void
listen_on(struct role *r, enum listen_kind kind, int fd)
{
	struct resolver_role *s = r->state;

	if (kind == LISTEN_RESOLVER_CONTROL)
		client_socket_open(&s->control, r->loop, fd, true, on_operator);
	else
		(void)close(fd);
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
	static const struct clients_kind kind = { .service =
		CLIENTS_SERVICE(dns_calls, DNS_NCALLS, on_ask),
		.size = sizeof(struct ipc_client) };
	struct resolver_role *s = r->state;
	auto_buf resolv_conf = BUF_INIT(RESOLV_CONF_MAX);
	auto_buf text = BUF_INIT(1 << 18);
	struct settings settings = { .config = &r->config };

	s->role = r;
	s->clients = (struct clients){ .loop = r->loop, .kind = &kind };
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
resolver_role_stop(struct role *r)
{
	client_socket_close(&((struct resolver_role *)r->state)->control);
}

static void
resolver_role_finish(struct role *r)
{
	struct resolver_role *s = r->state;

	resolver_free(s->resolver);
	clients_end(&s->clients);
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
		.stop = resolver_role_stop,
		.finish = resolver_role_finish,
	};

	return role_main(&ops);
}
