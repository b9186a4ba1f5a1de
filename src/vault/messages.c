#include "vault/messages.h"

MSG_SHAPE(vault_done);
MSG_SHAPE(certs_ask);
MSG_SHAPE(certs_answer);
MSG_SHAPE(tls_sign_ask);
MSG_SHAPE(tls_sign_answer);
MSG_SHAPE(login_ask);
MSG_SHAPE(login_answer);
MSG_SHAPE(scram_first_ask);
MSG_SHAPE(scram_first_answer);
MSG_SHAPE(scram_final_ask);
MSG_SHAPE(scram_final_answer);
MSG_SHAPE(bearer_ask);
MSG_SHAPE(external_ask);
MSG_SHAPE(cram_first_ask);
MSG_SHAPE(cram_final_ask);
MSG_SHAPE(reopen_ask);
MSG_SHAPE(logout_ask);
MSG_SHAPE(resume_ask);
MSG_SHAPE(seal_password_ask);
MSG_SHAPE(seal_password_answer);
MSG_SHAPE(app_password_ask);
MSG_SHAPE(app_password_answer);
MSG_SHAPE(own_password_ask);
MSG_SHAPE(own_app_password_ask);
MSG_SHAPE(own_factor_ask);
MSG_SHAPE(own_factor_answer);
MSG_SHAPE(dkim_sign_ask);
MSG_SHAPE(dkim_sign_answer);
MSG_SHAPE(arc_seal_ask);
MSG_SHAPE(dkim_keys_ask);
MSG_SHAPE(dkim_keys_answer);
MSG_SHAPE(dkim_key_row);
MSG_SHAPE(dkim_rotate_ask);
MSG_SHAPE(dkim_due_ask);
MSG_SHAPE(dkim_due_answer);
MSG_SHAPE(dkim_due_row);
MSG_SHAPE(is_ours_ask);

const struct ipc_call vault_calls[VAULT_NCALLS] = {
#define C(name, reply, authorities)                                    \
	[VAULT_##name] = { #name, VAULT_##name, &name##_ask_shape,     \
		&reply##_shape, (authorities), 0 },
#define N(name, authorities)                                           \
	[VAULT_##name] = { #name, VAULT_##name, &name##_ask_shape,     \
		NULL, (authorities), 0 },
	VAULT_CALLS(C)
	VAULT_NOTICES(N)
#undef C
#undef N
};
