#include "pam/messages.h"

MSG_SHAPE(pam_prove_ask);
MSG_SHAPE(pam_prove_answer);

const struct ipc_call pam_calls[PAM_NCALLS] = {
#define C(name, reply, authorities)                                \
	[PAM_CALL_##name] = { #name, PAM_CALL_##name,              \
		&name##_ask_shape, &reply##_shape, (authorities) },
	PAM_CALLS(C)
#undef C
};
