#include "dns/messages.h"

MSG_SHAPE(lookup_ask);
MSG_SHAPE(lookup_answer);
MSG_SHAPE(dns_record);

const struct ipc_call dns_calls[DNS_NCALLS] = {
#define C(name, reply, authorities)                                     \
	[DNS_CALL_##name] = { #name, DNS_CALL_##name, &name##_ask_shape, \
		&reply##_shape, (authorities), 0 },
	DNS_CALLS(C)
#undef C
};
