/*
 * clients.h - whoever asks a role: other roles, whose connections master hands
 * over, and programs that connect to a unix socket of the role.
 *
 * A client is one connection and what the role knows about whoever is at its
 * other end. It is in the list until that connection ends; asks under way may
 * hold it longer.
 */
#pragma once
#include "rt/accept_pause.h"
#include "rt/ipc.h"

struct ipc_client;

/* One constant for each role. */
struct clients_kind {
	/* Its owner is the struct ipc_client. */
	struct ipc_service service;	/* CLIENTS_SERVICE() */
	size_t size;	/* of a struct that begins with struct ipc_client */
	/* What else is in it, zeroed at first. May be NULL. */
	void (*begin)(struct ipc_client *c);
	void (*end)(struct ipc_client *c);
};
#define CLIENTS_SERVICE(calls, n, ask) { (calls), (n), (ask), clients_on_gone }
void clients_on_gone(void *owner, struct ipc *ipc, const char *why);

/* As what somebody connects. */
struct client_rights {
	const char *name;	/* for the log: "mx", "operator" */
	uint32_t authority, window;	/* as in ipc.h */
	size_t max;		/* with this authority at a time; 0: any */
	size_t max_each;	/* of these, with the same index; 0: any */
	int64_t idle_ms;	/* as in ipc.h */
};

struct clients {
	struct loop *loop;
	const struct clients_kind *kind;
	struct list list;
};

struct ipc_client {
	struct list_link link;
	struct clients *clients;
	struct ipc *ipc;
	const struct client_rights *rights;
	int refs;		/* the connection, and asks under way */
	uint32_t index;		/* which worker of another role, whose uid */
};

/* One more. Owns fd, which is closed if there are too many already. r is a
 * constant. */
void clients_add(struct clients *cl, int fd, const struct client_rights *r,
    uint32_t index);
void clients_end(struct clients *cl);	/* all connections */
void ipc_client_ref(struct ipc_client *c);
void ipc_client_unref(struct ipc_client *c);

/* A unix socket that programs connect to; zeroed: there is none. */
struct client_socket {
	struct watch watch;
	struct loop *loop;
	bool operator_only;
	void (*connected)(struct client_socket *s, int fd, uid_t uid);
	struct accept_pause pause;
};
/* Owns fd, a listening socket; it is closed if s has one already. connected()
 * owns the descriptor it gets; uid is by the kernel. operator_only: anybody but
 * root and whoever runs this process is sent away. */
void client_socket_open(struct client_socket *s, struct loop *l, int fd,
    bool operator_only,
    void (*connected)(struct client_socket *s, int fd, uid_t uid));
void client_socket_close(struct client_socket *s); /* none is fine */
