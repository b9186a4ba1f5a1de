#include "ldap/messages.h"

MSG_SHAPE(ldap_prove_ask);
MSG_SHAPE(ldap_prove_answer);
MSG_SHAPE(ldap_sync_ask);
MSG_SHAPE(ldap_sync_answer);
MSG_SHAPE(ldap_said);

const struct ipc_call ldap_calls[LDAP_NCALLS] = {
#define C(name, reply, authorities)                                 \
	[LDAP_CALL_##name] = { #name, LDAP_CALL_##name,             \
		&name##_ask_shape, &reply##_shape, (authorities) },
	LDAP_CALLS(C)
#undef C
};
