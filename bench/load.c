#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

#include "load.h"

void
load_die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", load_name, what, strerror(errno));
	exit(1);
}

double
load_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void
load_connect(struct load_peer *p, uint16_t port, SSL_CTX *tls)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1;

	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || connect(p->fd, (void *)&a, sizeof(a)) < 0)
		load_die("connect");
	(void)setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (tls) {
		p->ssl = SSL_new(tls);
		if (!p->ssl || SSL_set_fd(p->ssl, p->fd) != 1 ||
		    SSL_connect(p->ssl) != 1)
			load_die("TLS");
	}
	(void)fcntl(p->fd, F_SETFL, O_NONBLOCK);
}

void
load_close(struct load_peer *p)
{
	SSL_free(p->ssl);
	p->ssl = NULL;
	close(p->fd);
	p->fd = -1;
}

void
load_say(struct load_peer *p, const char *octets, size_t n)
{
	while (n > 0) {
		ssize_t r = p->ssl ? SSL_write(p->ssl, octets, (int)n) :
				     send(p->fd, octets, n, MSG_NOSIGNAL);

		if (p->ssl && r <= 0) {
			if (SSL_get_error(p->ssl, (int)r) !=
			    SSL_ERROR_WANT_WRITE)
				load_die("send over TLS");
			usleep(100);
			continue;
		}
		if (r < 0 && errno == EAGAIN) {
			usleep(100);
			continue;
		}
		if (r < 0)
			load_die("send");
		octets += r;
		n -= (size_t)r;
	}
}

ssize_t
load_receive(struct load_peer *p, char *octets, size_t room)
{
	ssize_t r;

	if (p->ssl) {
		r = SSL_read(p->ssl, octets, (int)room);
		if (r <= 0 && SSL_get_error(p->ssl, (int)r) ==
		    SSL_ERROR_WANT_READ)
			return 0;
	} else {
		r = recv(p->fd, octets, room, 0);
		if (r < 0 && errno == EAGAIN)
			return 0;
	}
	if (r <= 0)
		load_die("connection lost");
	return r;
}

unsigned long
load_number(const char *text, unsigned long max)
{
	uint64_t n;

	if (!str_u64(str_c(text), &n) || n == 0 || n > max) {
		fprintf(stderr, "%s: bad number %s\n", load_name, text);
		exit(2);
	}
	return n;
}

static int
by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
load_sort(double *seconds, size_t n)
{
	qsort(seconds, n, sizeof(*seconds), by_time);
}
