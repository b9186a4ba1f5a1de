/*
 * sockets.c - listening sockets, opened as configured and kept for the roles
 * that accept on them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "master/master_int.h"

enum { BACKLOG = 1024, WAIT_FOR_OTHERS_MS = 3000 };

static const struct {
	enum listen_kind said;	/* in the configuration */
	enum listen_tls tls;
	enum listen_kind kind;	/* for the role */
	enum role_kind role;
	const char *name;
} kinds[] = {
	{ LISTEN_SMTP, LISTEN_TLS_LOGIN, LISTEN_SMTP, ROLE_MX, "smtp" },
	{ LISTEN_SMTP, LISTEN_TLS_NONE, LISTEN_SMTP_NONE, ROLE_MX, "smtp" },
	{ LISTEN_SUBMISSION, LISTEN_TLS_LOGIN, LISTEN_SUBMISSION, ROLE_FRONT,
	    "submission" },
	{ LISTEN_SUBMISSION, LISTEN_TLS_MAY, LISTEN_SUBMISSION_MAY, ROLE_FRONT,
	    "submission" },
	{ LISTEN_SUBMISSION, LISTEN_TLS_NONE, LISTEN_SUBMISSION_NONE,
	    ROLE_FRONT, "submission" },
	{ LISTEN_SUBMISSIONS, LISTEN_TLS_LOGIN, LISTEN_SUBMISSIONS, ROLE_FRONT,
	    "submissions" },
	{ LISTEN_IMAP, LISTEN_TLS_LOGIN, LISTEN_IMAP, ROLE_FRONT, "imap" },
	{ LISTEN_IMAP, LISTEN_TLS_MAY, LISTEN_IMAP_MAY, ROLE_FRONT, "imap" },
	{ LISTEN_IMAP, LISTEN_TLS_NONE, LISTEN_IMAP_NONE, ROLE_FRONT, "imap" },
	{ LISTEN_IMAPS, LISTEN_TLS_LOGIN, LISTEN_IMAPS, ROLE_FRONT, "imaps" },
	{ LISTEN_POP3, LISTEN_TLS_LOGIN, LISTEN_POP3, ROLE_FRONT, "pop3" },
	{ LISTEN_POP3, LISTEN_TLS_MAY, LISTEN_POP3_MAY, ROLE_FRONT, "pop3" },
	{ LISTEN_POP3, LISTEN_TLS_NONE, LISTEN_POP3_NONE, ROLE_FRONT, "pop3" },
	{ LISTEN_POP3S, LISTEN_TLS_LOGIN, LISTEN_POP3S, ROLE_FRONT, "pop3s" },
	{ LISTEN_HTTP, LISTEN_TLS_LOGIN, LISTEN_HTTP, ROLE_WEB, "http" },
	{ LISTEN_HTTP, LISTEN_TLS_MAY, LISTEN_HTTP_MAY, ROLE_WEB, "http" },
	{ LISTEN_HTTPS, LISTEN_TLS_LOGIN, LISTEN_HTTPS, ROLE_WEB, "https" },
	{ LISTEN_LMTP, LISTEN_TLS_LOGIN, LISTEN_LMTP, ROLE_MX, "lmtp" },
	{ LISTEN_LMTP, LISTEN_TLS_NONE, LISTEN_LMTP_NONE, ROLE_MX, "lmtp" },
	{ LISTEN_NO_MAIL, LISTEN_TLS_LOGIN, LISTEN_NO_MAIL, ROLE_MX,
	    "no-mail" },
};

static int
keep_socket(struct master *m, enum listen_kind kind, enum role_kind role,
    int fd, struct err *err)
{
	if (m->nsockets == SOCKETS_MAX) {
		(void)close(fd);
		return err_set(err, E_LIMIT, "more than %d listening sockets",
		    SOCKETS_MAX);
	}
	m->sockets[m->nsockets++] = (struct socket_kept){ kind, role, fd,
		NULL };
	return 0;
}

struct socket_address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} a;
	socklen_t len;
};

static bool
address_of(const char *text, uint16_t port, struct socket_address *out)
{
	*out = (struct socket_address){ 0 };
	if (inet_pton(AF_INET, text, &out->a.v4.sin_addr) == 1) {
		out->a.v4.sin_family = AF_INET;
		out->a.v4.sin_port = htons(port);
		out->len = sizeof(out->a.v4);
		return true;
	}
	if (inet_pton(AF_INET6, text, &out->a.v6.sin6_addr) == 1) {
		out->a.v6.sin6_family = AF_INET6;
		out->a.v6.sin6_port = htons(port);
		out->len = sizeof(out->a.v6);
		return true;
	}
	return false;
}

static int
make_socket(const struct socket_address *a)
{
	int fd, on = 1, saved;

	fd = socket(a->a.any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a->a.any.sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
		    sizeof(on));
	if (bind(fd, &a->a.any, a->len) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

/* Those of a server that was killed a moment ago end one after the other: what
 * is theirs is waited for, for a while from our start on. */
static bool
wait_a_little(struct master *m)
{
	struct timespec pause = { 0, 20 * 1000000 };

	if (m->waited_ms >= WAIT_FOR_OTHERS_MS)
		return false;
	nanosleep(&pause, NULL);
	m->waited_ms += 20;
	return true;
}

static int
open_one(struct master *m, size_t kind, const char *text, uint32_t port,
    struct err *err)
{
	struct socket_address a;
	int fd;

	if (port > UINT16_MAX || !address_of(text, (uint16_t)port, &a))
		return err_set(err, E_INVALID, "listen: %s port %u is no "
					       "address", text, port);
	while ((fd = make_socket(&a)) < 0 && errno == EADDRINUSE)
		if (!wait_a_little(m))
			break;
	if (fd >= 0)
		return keep_socket(m, kinds[kind].kind, kinds[kind].role, fd,
		    err);
	if (errno == EACCES)
		return err_set(err, E_IO, "cannot listen on %s port %u (%s): "
		    "ports below 1024 need root", text, port,
		    kinds[kind].name);
	if (errno == EADDRINUSE)
		return err_set(err, E_BUSY, "port %u on %s (%s) is in use by "
		    "another program", port, text, kinds[kind].name);
	return err_sys(err, E_IO, "cannot listen on %s port %u (%s)", text,
	    port, kinds[kind].name);
}

/* Has this machine IPv6 at this address at all? */
static bool
have_v6(const char *text)
{
	struct socket_address a;
	int fd;

	if (!address_of(text, 0, &a))
		return false;
	fd = make_socket(&a);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static int
open_path(struct master *m, size_t kind, const char *path, struct err *err)
{
	int fd, rc;

	while ((fd = path_socket_open(path, err)) == E_BUSY)
		if (!wait_a_little(m))
			break;
	if (fd < 0)
		return fd;
	rc = keep_socket(m, kinds[kind].kind, kinds[kind].role, fd, err);
	if (rc == 0)
		m->sockets[m->nsockets - 1].path = path;
	return rc;
}

/* "*" is every address, "localhost" the loopback ones; IPv6 if it is there. */
static int
open_conf(struct master *m, const struct listener_conf *c, struct err *err)
{
	static const struct {
		const char *name, *v4, *v6;
	} both[] = {
		{ "*", "0.0.0.0", "::" },
		{ "localhost", "127.0.0.1", "::1" },
	};
	size_t kind = 0;

	while (kind < NELEM(kinds) && (kinds[kind].said != c->kind ||
	    kinds[kind].tls != c->tls))
		kind++;
	if (kind == NELEM(kinds))
		return err_set(err, E_INVALID, "listen: unknown kind");
	if (c->path.n > 0)
		return open_path(m, kind, str_dupz(m->forever, c->path), err);
	for (size_t i = 0; i < NELEM(both); i++) {
		if (!str_eq(c->address, str_c(both[i].name)))
			continue;
		if (open_one(m, kind, both[i].v4, c->port, err) < 0)
			return err->code;
		if (!have_v6(both[i].v6))
			return 0;
		return open_one(m, kind, both[i].v6, c->port, err);
	}
	return open_one(m, kind, str_dupz(m->forever, c->address), c->port,
	    err);
}

/* Those in the data folder. */
static const struct named {
	enum listen_kind kind;
	enum role_kind role;
	const char *name;
	mode_t mode;
} named[] = {
	{ LISTEN_CONTROL, ROLE_STORE, "control", 0600 },
	{ LISTEN_VAULT_CONTROL, ROLE_VAULT, "control-vault", 0600 },
	{ LISTEN_RESOLVER_CONTROL, ROLE_RESOLVER, "control-resolver", 0600 },
	{ LISTEN_LDAP_CONTROL, ROLE_LDAP, "control-ldap", 0600 },
	{ LISTEN_RELAY_CONTROL, ROLE_RELAY, "control-relay", 0600 },
	{ LISTEN_SUBMIT, ROLE_STORE, "submit/store", 0666 },
	{ LISTEN_VAULT_SUBMIT, ROLE_VAULT, "submit/vault", 0666 },
	{ LISTEN_STATUS, ROLE_KINDS, "control-status", 0600 },
};

/* Whoever listens there has the folder, whatever became of its lock. */
static bool
somebody_listens(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool yes;

	if (fd < 0)
		return false;
	yes = connect(fd, (const struct sockaddr *)a, sizeof(*a)) == 0 ||
	    errno == EAGAIN;
	(void)close(fd);
	return yes;
}

/* The way over /proc is short however long the folder's name is. */
static int
open_named(struct master *m, const struct named *s, struct err *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *name = s->name;
	int fd;

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/%s",
	    m->folder, name);
	while (somebody_listens(&a))
		if (!wait_a_little(m))
			return err_set(err, E_BUSY, "another postern serves "
			    "%.*s: it listens on %s there, though the lock "
			    "was removed", STR_FMT(m->config.data), name);
	if (unlinkat(m->folder, name, 0) < 0 && errno == EROFS) {
		log_event(m->log, LOG_WARN, "no_control",
		    F_STR("socket", str_c(name)),
		    F_STR("why", STR("the file system is read-only")));
		return 0;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* The umask makes it 0600 at first. */
	if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	    fchmodat(m->folder, name, s->mode, 0) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return keep_socket(m, s->kind, s->role, fd, err);
	(void)err_sys(err, E_IO, "socket %s in %.*s", name,
	    STR_FMT(m->config.data));
	if (fd >= 0)
		(void)close(fd);
	return err->code;
}

int
sockets_open(struct master *m, struct err *err)
{
	struct rd r = rd_of(m->config.listeners);
	struct listener_conf c;

	while (rd_left(&r) > 0) {
		if (!msg_take(&r, &listener_conf_shape, &c))
			return err_set(err, E_INVALID, "listen: malformed");
		if (open_conf(m, &c, err) < 0)
			return err->code;
	}
	for (size_t i = 0; i < NELEM(named); i++)
		if (open_named(m, &named[i], err) < 0)
			return err->code;
	return 0;
}

void
sockets_close(struct master *m)
{
	status_close(m);
	for (size_t i = 0; i < m->nsockets; i++) {
		const struct socket_kept *s = &m->sockets[i];

		(void)close(s->fd);
		if (s->path)
			path_socket_remove(s->path);
		/* Only our own: another master's folder stays as it is. */
		for (size_t n = 0; n < NELEM(named); n++)
			if (s->kind == named[n].kind)
				(void)unlinkat(m->folder, named[n].name, 0);
	}
	m->nsockets = 0;
}
