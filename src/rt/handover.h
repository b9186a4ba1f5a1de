/*
 * handover.h - connections that web has accepted and front serves: a mail
 * program that came to the port of HTTPS and says by ALPN what it speaks.
 *                                                        RFC 7301, RFC 8314
 *
 * web looks at the ClientHello (client_hello.h) before TLS begins, takes
 * nothing of it, and hands on the socket, who it is from, and the octets that
 * came. To front it is as one that it has accepted itself: TLS, limits, bans
 * and the login are front's.
 *
 * What does front believe? Who is on the other side it asks the kernel. Only of
 * one of `proxies` it takes another address from web, which has heard it said.
 * The kind of service has to be one that the operator serves. The octets are a
 * stranger's in any case, and the socket is one that somebody else holds as
 * well (transport.c): what is done with it there is done to that connection.
 */
#pragma once
#include "rt/listeners.h"

struct handover;

/* Web's end: to these. All of it lives as long as the role. */
struct handover *handover_to_fronts(struct role *r);
/* Front's end: from web, to these listeners. */
struct handover *handover_from_web(struct role *r, struct listeners *ls);
void handover_free(struct handover *h);

/* The connection to that worker of the other role, anew each time its process
 * is; owns fd. */
void handover_peer(struct handover *h, uint32_t index, int fd);

/* What web asks front, with the socket. */
enum { HANDOVER_OCTETS = 1 << 16 };
#define FIELDS_handover_ask(F, S)                                       \
	F(S, u32, kind, 0)	/* enum listen_kind, TLS from the start */ \
	F(S, str, address, 45) F(S, u32, port, 0)                       \
	F(S, str, local, 45) F(S, u32, local_port, 0)                   \
	F(S, str, octets, HANDOVER_OCTETS)
#define FIELDS_handover_answer(F, S) F(S, u8, nothing, 0)
MSG_STRUCT(handover_ask);
MSG_STRUCT(handover_answer);
extern const struct ipc_call handover_call;

/* For listener_kind.elsewhere: true if it was not for web. Suspends until the
 * ClientHello has come, where anything may be handed over at all. */
bool handover_look(struct handover *h, struct stream *s,
    const struct peer *peer);
