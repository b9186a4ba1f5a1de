#include "admin/source_server.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_MS = 20000 };

/* HOST, HOST:PORT, [ADDRESS]:PORT */
static int
read_host(const struct options *o, struct source_server *s, struct err *err)
{
	struct str host = str_c(o->imap);
	size_t end = host.n > 0 && host.p[0] == '[' ? str_chr(host, ']') :
	    str_chr(host, ':');
	const char *rest = o->imap + end;
	uint32_t port;

	s->port = o->starttls || o->plain ? "143" : "993";
	host = str_first(host, end);
	if (host.n > 0 && host.p[0] == '[') {
		host = str_from(host, 1);
		rest += *rest == ']';
	}
	if (*rest == ':')
		s->port = rest + 1;
	if (host.n == 0 || host.n >= sizeof(s->host) ||
	    (*rest && *rest != ':') || !str_u32(str_c(s->port), &port) ||
	    port == 0 || port > 65535)
		return err_set(err, E_INVALID, "--imap wants HOST or "
		    "HOST:PORT, not \"%.100s\"", o->imap);
	memcpy(s->host, host.p, host.n);
	s->host[host.n] = '\0';
	return 0;
}

static int
read_password(const struct options *o, struct arena *a, struct str *password,
    struct err *err)
{
	char line[1026];
	FILE *f = o->password_file ? fopen(o->password_file, "re") : stdin;
	struct str s = STR_NULL;

	if (!f)
		return err_sys(err, E_NOTFOUND, "%.150s", o->password_file);
	if (fgets(line, sizeof(line), f))
		s = str_first(str_c(line), strcspn(line, "\r\n"));
	*password = str_dup(a, s);
	explicit_bzero(line, sizeof(line));
	if (f != stdin)
		(void)fclose(f);
	return password->n > 0 && password->n <= 1024 ? 0 :
	    err_set(err, E_INVALID, "no password came");
}

int
source_server_read(const struct options *o, struct arena *a,
    struct source_server *s, struct err *err)
{
	*s = (struct source_server){ .options = o };
	if (!o->user || strlen(o->user) > 320 ||
	    o->password_stdin == (o->password_file != NULL))
		return err_set(err, E_INVALID, "--imap wants --user and one "
		    "of --password-stdin and --password-file");
	if (read_host(o, s, err) < 0)
		return err->code;
	return read_password(o, a, &s->password, err);
}

static bool
is_loopback(const struct sockaddr *a)
{
	const struct sockaddr_in *v4 = (const void *)a;
	const struct sockaddr_in6 *v6 = (const void *)a;

	return a->sa_family == AF_INET ?
	    ntohl(v4->sin_addr.s_addr) >> 24 == 127 :
	    a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* Connected, or -1 with errno. */
static int
dial(const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0), e = 0;
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(e);

	if (fd < 0)
		return -1;
	if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
		return fd;
	if (errno == EINPROGRESS && poll(&p, 1, CONNECT_MS) == 0)
		e = ETIMEDOUT;
	else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len) < 0)
		e = errno;
	if (e == 0)
		return fd;
	(void)close(fd);
	errno = e;
	return -1;
}

static int
connect_to(const struct source_server *s, int *fd, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	int rc = getaddrinfo(s->host, s->port, &hints, &list);

	*fd = -1;
	if (rc != 0)
		return err_set(err, E_NOTFOUND, "%.150s: %s", s->host,
		    gai_strerror(rc));
	rc = 0;
	for (const struct addrinfo *a = list; a && *fd < 0; a = a->ai_next) {
		if (s->options->plain && !is_loopback(a->ai_addr)) {
			rc = err_set(err, E_DENIED, "--plain is for this "
			    "machine only: a password would go in clear");
			break;
		}
		*fd = dial(a);
		if (*fd < 0)
			rc = err_sys(err, E_IO, "%.150s port %s", s->host,
			    s->port);
	}
	freeaddrinfo(list);
	return *fd < 0 ? rc : 0;
}

/* The certificates that are trusted: those named, or the system's. */
static int
give_trust(struct carrying *c, const struct source_server *s, struct err *err)
{
	static const char *const files[] = {
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
	};
	struct carrier_next_answer item = { .item = ITEM_TRUST };
	int fd = -1, rc;

	if (s->options->trust)
		fd = open(s->options->trust, O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; !s->options->trust && i < NELEM(files) && fd < 0;
	    i++)
		fd = open(files[i], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, E_NOTFOUND, "%.150s", s->options->trust ?
		    s->options->trust : "trusted certificates");
	rc = carrying_give(c, &item, fd, err);
	(void)close(fd);
	return rc;
}

int
source_server_feed(struct carrying *c, const struct source_server *s,
    struct err *err)
{
	struct carrier_next_answer item = { .item = ITEM_SERVER,
		.name = str_c(s->host), .user = str_c(s->options->user),
		.password = s->password, .tls = s->options->plain ?
		SERVER_PLAIN : s->options->starttls ? SERVER_STARTTLS :
		SERVER_TLS };
	int fd, rc = s->options->plain ? 0 : give_trust(c, s, err);

	if (rc == 0)
		rc = connect_to(s, &fd, err);
	if (rc < 0)
		return rc;
	rc = carrying_give(c, &item, fd, err);
	(void)close(fd);
	return rc;
}
