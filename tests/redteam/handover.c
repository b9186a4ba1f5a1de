/*
 * handover.c - hostile code in web hands things over to front that are no
 * connection of a client's.
 */
#include "asks.h"

#include "rt/handover.h"

static void
hand(struct attack *a, struct ipc *front, const struct handover_ask *ask,
    int fd, const char *what)
{
	struct handover_answer answer;
	struct err err = { 0 };
	int rc = ipc_call(front, &handover_call, ask, fd, &answer, a->memory,
	    NULL, loop_now_ms(a->role->loop) + 5000, &err);

	attempt_rc(a, what, rc, &err);
}

void
attack_handover(struct attack *a)
{
	struct peer_held *front = peer_of(a, ROLE_FRONT);
	int socket = peer_of(a, ROLE_VAULT)->fd;
	struct handover_ask ask = { .kind = LISTEN_IMAPS,
		.address = STR("192.0.2.1"), .local = STR("192.0.2.2"),
		.octets = STR("x") };

	hand(a, front->ipc, &ask, -1, "web hands over nothing");
	hand(a, front->ipc, &ask, socket, "web hands over its own link");
	hand(a, front->ipc, &ask, STDERR_FILENO, "web hands over a file");
	ask.kind = LISTEN_POP3S;
	hand(a, front->ipc, &ask, socket, "to a service that is not served");
	ask.kind = LISTEN_IMAP_NONE;
	hand(a, front->ipc, &ask, socket, "to IMAP without TLS");
	ask.kind = LISTEN_CONTROL;
	hand(a, front->ipc, &ask, socket, "to the operator's socket");
	attack_garbage(a, front, "front");
}
