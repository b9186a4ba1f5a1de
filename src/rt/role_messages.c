/*
 * role_messages.c - what master and a role tell each other, as tables.
 */
#include "rt/role.h"

MSG_SHAPE(config);
MSG_SHAPE(listener_conf);
MSG_SHAPE(cert_conf);
MSG_SHAPE(nameserver_conf);
MSG_SHAPE(stub_conf);
MSG_SHAPE(route_conf);
MSG_SHAPE(role_start);
MSG_SHAPE(role_peer);
MSG_SHAPE(role_listen);
MSG_SHAPE(role_reload);
MSG_SHAPE(role_stop);
MSG_SHAPE(role_ready);
MSG_SHAPE(role_failed);

#define ROW(what, name, who) \
	[what] = { #name, what, &role_##name##_shape, NULL, who, 0 }
const struct ipc_call role_calls[ROLE_MESSAGES] = {
	ROW(ROLE_START, start, ROLE_FROM_MASTER),
	ROW(ROLE_PEER, peer, ROLE_FROM_MASTER),
	ROW(ROLE_LISTEN, listen, ROLE_FROM_MASTER),
	ROW(ROLE_RELOAD, reload, ROLE_FROM_MASTER),
	ROW(ROLE_STOP, stop, ROLE_FROM_MASTER),
	ROW(ROLE_READY, ready, ROLE_FROM_ROLE),
	ROW(ROLE_FAILED, failed, ROLE_FROM_ROLE),
};

const char *
role_name(enum role_kind kind)
{
	static const char *const names[ROLE_KINDS] = { "master", "vault",
		"store", "mx", "front", "resolver", "relay" };

	return (size_t)kind < NELEM(names) ? names[kind] : NULL;
}
