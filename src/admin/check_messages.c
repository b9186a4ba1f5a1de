#include "admin/check_messages.h"

#define R(name) MSG_SHAPE(name);
CHECK_STRUCTS(R)
#undef R

const struct ipc_call check_calls[CHECK_NCALLS] = {
#define C(name, reply)                                                  \
	[CHECK_##name] = { #name, CHECK_##name,                         \
		&check_##name##_ask_shape, &reply##_shape, CHECK_AUTH },
	CHECK_CALLS(C)
#undef C
};
