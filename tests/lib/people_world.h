/*
 * people_world.h - sessions of people who read, on in-memory connections (real
 * TLS inside) and a fake clock, with the store of fake_boxes.h and a vault of a
 * few lines. Who links it says which protocol they speak: `world_speaks`.
 */
#pragma once
#include "lib/fake_boxes.h"
#include "rt/config.h"
#include "rt/stream.h"
#include "rt/tls.h"
#include "vault/client.h"

enum { WORLD_CLIENTS = 2 };

struct client {
	struct transport *wire;	/* NULL: closed */
	struct ssl_client *tls;	/* NULL in clear */
	struct buf got;
	bool eof, deaf;
};

struct world_protocol {
	void *(*service_new)(struct loop *l, const struct config *conf,
	    struct vault *vault, struct tls_ctx *tls);
	void (*service_unref)(void *service);
	void (*start)(void *service, struct stream *stream,
	    const struct peer *peer, enum listen_tls rule,
	    void (*done)(void *arg), void *arg);
	const char *login;	/* what alice says, */
	const char *welcome;	/* and is answered */
};
extern const struct world_protocol world_speaks;

struct world {
	struct fake_clock clock;
	struct loop *loop;
	struct log *log;
	struct arena *mem;
	void *service;
	struct tls_ctx *tls_ctx;
	struct client c[WORLD_CLIENTS];
	struct fake_boxes store;
	struct store *stores[WORLD_CLIENTS]; /* connections; NULL: none */
	int started, ended;
};

void world_begin(struct world *w);
/* Without a certificate: no TLS. */
void world_begin_plain(struct world *w);
void world_end(struct world *w);
/* Connect client i; its greeting is not read. */
void world_connect(struct world *w, size_t i, bool tls_first);
/* Connect client i by TLS and log in; everything is read. */
void world_login(struct world *w, size_t i);
/* Client i begins TLS; true if the handshake came to its end. */
bool world_client_tls(struct world *w, size_t i);

void world_settle(struct world *w);
void world_pass(struct world *w, int64_t ms);
void world_send(struct world *w, size_t i, struct str octets);
void world_hang_up(struct world *w, size_t i);
/* Everything client i got since the last call. */
struct str world_got(struct world *w, size_t i);
/* Tell all sessions of a change, as store would. */
void world_notify(struct world *w);

#define world_say(w, i, line, want)                     \
	do {                                            \
		world_send((w), (i), str_c(line));      \
		assert_str(world_got((w), (i)), want);  \
	} while (0)
