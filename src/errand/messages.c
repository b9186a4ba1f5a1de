#include "errand/messages.h"

MSG_SHAPE(errand_ask);
MSG_SHAPE(errand_answer);
MSG_SHAPE(scan_ask);
MSG_SHAPE(scan_answer);
MSG_SHAPE(jwk_row);
MSG_SHAPE(issuer_keys_ask);
MSG_SHAPE(issuer_keys_answer);
MSG_SHAPE(introspect_ask);
MSG_SHAPE(introspect_answer);

const struct ipc_call errand_calls[ERRAND_NCALLS] = {
#define C(name, reply, authorities, fds)                               \
	[ERRAND_CALL_##name] = { #name, ERRAND_CALL_##name,            \
		&name##_ask_shape, &reply##_shape, (authorities), 0, (fds) },
	ERRAND_CALLS(C)
#undef C
};
