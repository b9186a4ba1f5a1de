#include "store/messages.h"

static const char *const services[] = { "imap", "pop3", "smtp", "http", "web" };

struct str
login_service_name(uint32_t service)
{
	for (size_t i = 0; i < NELEM(services); i++)
		if (service == 1u << i)
			return str_c(services[i]);
	return STR_NULL;
}

uint32_t
login_service_named(struct str name)
{
	for (size_t i = 0; i < NELEM(services); i++)
		if (str_eq(name, str_c(services[i])))
			return 1u << i;
	return 0;
}

struct str
app_kind_name(uint32_t kind)
{
	static const char *const names[] = { "password", "certificate",
		"cram-md5" };

	return kind < NELEM(names) ? str_c(names[kind]) : STR_NULL;
}

#define STORE_SHAPE_answer(name) MSG_SHAPE(name##_answer);
#define STORE_SHAPE_done(name)
#define R(name) MSG_SHAPE(name);
#define C(name, answer, who, run, effects, reach) \
	MSG_SHAPE(name##_ask);             \
	STORE_SHAPE_##answer(name)
#define N(name, who) MSG_SHAPE(name##_ask);
STORE_RECORDS(R)
STORE_CALLS(C)
STORE_NOTICES(N)
#undef R
#undef C
#undef N

#define STORE_SHAPE_OF_answer(name) &name##_answer_shape
#define STORE_SHAPE_OF_done(name) &done_shape

const struct ipc_call store_calls[STORE_NCALLS] = {
#define C(name, reply, authorities, where, effects, reach)                \
	[STORE_##name] = { #name, STORE_##name, &name##_ask_shape,        \
		STORE_SHAPE_OF_##reply(name), (authorities), (where) },
#define N(name, authorities)                                              \
	[STORE_##name] = { #name, STORE_##name, &name##_ask_shape, NULL,  \
		(authorities), RUN_LOOP },
	STORE_CALLS(C)
	STORE_NOTICES(N)
#undef C
#undef N
};

const struct ipc_call store_notices[STORE_NNOTICES] = {
	[NOTICE_changed] = { "changed", NOTICE_changed, &changed_shape, NULL,
		AUTH_FROM_STORE, 0 },
};
