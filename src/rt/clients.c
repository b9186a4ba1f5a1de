#include "rt/clients.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Clients ------------------------------------------------------------------ */

void
ipc_client_ref(struct ipc_client *c)
{
	c->refs++;
}

void
ipc_client_unref(struct ipc_client *c)
{
	const struct clients_kind *kind = c->clients->kind;

	if (--c->refs > 0)
		return;
	if (kind->end)
		kind->end(c);
	free(c);
}

static void
client_gone(struct ipc_client *c)
{
	list_unlink(&c->link);
	ipc_close(c->ipc);
	c->ipc = NULL;
	ipc_client_unref(c);
}

void
clients_on_gone(void *owner, struct ipc *ipc unused_arg, const char *why)
{
	struct ipc_client *c = owner;

	if (!str_eq(str_c(why), STR("closed")))
		log_event(loop_log(c->clients->loop),
		    str_eq(str_c(why), STR("idle")) ? LOG_INFO : LOG_WARN,
		    "thrown_out",
		    F_STR("who", str_c(c->rights->name)),
		    F_INT("index", c->index), F_STR("why", str_c(why)));
	client_gone(c);
}

void
clients_add(struct clients *cl, int fd, const struct client_rights *r,
    uint32_t index)
{
	struct ipc_options o = { .service = &cl->kind->service,
		.authority = r->authority, .window = r->window,
		.idle_ms = r->idle_ms };
	struct ipc_client *c;
	struct err err = { 0 };
	size_t n = 0, same = 0;

	list_each(struct ipc_client, other, &cl->list, link)
		if (ipc_authority(other->ipc) == r->authority) {
			n++;
			same += other->index == index;
		}
	if ((r->max > 0 && n >= r->max) ||
	    (r->max_each > 0 && same >= r->max_each)) {
		log_event(loop_log(cl->loop), LOG_WARN, "too_many_clients",
		    F_STR("who", str_c(r->name)), F_INT("index", index),
		    F_INT("n", r->max_each > 0 && same >= r->max_each ?
			same : n));
		(void)close(fd);
		return;
	}
	o.owner = c = calloc(1, cl->kind->size);
	bug_if(!c);
	c->clients = cl;
	c->rights = r;
	c->index = index;
	c->refs = 1;
	if (cl->kind->begin)
		cl->kind->begin(c);
	c->ipc = ipc_open(cl->loop, fd, &o, &err);
	if (!c->ipc) {
		log_event(loop_log(cl->loop), LOG_ERROR, "peer_failed",
		    F_ERR(&err));
		ipc_client_unref(c);
		return;
	}
	list_prepend(&cl->list, &c->link);
}

void
clients_end(struct clients *cl)
{
	list_each(struct ipc_client, c, &cl->list, link)
		client_gone(c);
}

/* Sockets they connect to -------------------------------------------------- */

static void
on_connection(struct watch *w, uint32_t events unused_arg)
{
	struct client_socket *s = container_of(w, struct client_socket, watch);
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred who;
	socklen_t n = sizeof(who);

	if (fd < 0) {
		accept_failed(&s->pause, s->loop, w);
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0 ||
	    n != sizeof(who) ||
	    (s->operator_only && who.uid != 0 && who.uid != getuid()))
		(void)close(fd);
	else
		s->connected(s, fd, who.uid);
}

void
client_socket_open(struct client_socket *s, struct loop *l, int fd,
    bool operator_only,
    void (*connected)(struct client_socket *s, int fd, uid_t uid))
{
	struct err err = { 0 };

	if (s->loop) {
		(void)close(fd);
		return;
	}
	*s = (struct client_socket){ .loop = l, .connected = connected,
		.operator_only = operator_only,
		.watch = { .fd = fd, .events = EPOLLIN, .fn = on_connection } };
	if (loop_watch(l, &s->watch, &err) == 0)
		return;
	log_event(loop_log(l), LOG_ERROR, "listen_failed", F_ERR(&err));
	(void)close(fd);
	s->loop = NULL;
}

void
client_socket_close(struct client_socket *s)
{
	if (!s->loop)
		return;
	accept_pause_end(&s->pause, s->loop);
	loop_unwatch(s->loop, &s->watch);
	(void)close(s->watch.fd);
	s->loop = NULL;
}
