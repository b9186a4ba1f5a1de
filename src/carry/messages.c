#include "carry/messages.h"

#define R(name) MSG_SHAPE(name);
CARRIER_STRUCTS(R)
#undef R

const struct ipc_call carrier_calls[CARRIER_NCALLS] = {
#define C(name, reply)                                                  \
	[CARRIER_##name] = { #name, CARRIER_##name,                     \
		&carrier_##name##_ask_shape, &reply##_shape, CARRIER_AUTH },
#define N(name)                                                         \
	[CARRIER_##name] = { #name, CARRIER_##name,                     \
		&carrier_##name##_ask_shape, NULL, CARRIER_AUTH },
	CARRIER_CALLS(C)
	CARRIER_NOTICES(N)
#undef C
#undef N
};
