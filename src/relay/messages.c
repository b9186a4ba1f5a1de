#include "relay/messages.h"

MSG_SHAPE(probe_ask);
MSG_SHAPE(probe_answer);
MSG_SHAPE(probe_more_ask);
MSG_SHAPE(probe_more_answer);
MSG_SHAPE(probe_step);

const struct ipc_call relay_calls[RELAY_NCALLS] = {
#define C(name, reply, authorities)                                 \
	[RELAY_CALL_##name] = { #name, RELAY_CALL_##name,           \
		&name##_ask_shape, &reply##_shape, (authorities) },
	RELAY_CALLS(C)
#undef C
};
