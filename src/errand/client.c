#include "errand/client.h"

#include "rt/reconnect.h"

struct errand {
	struct reconnect link;
};

struct errand *
errand_new(struct loop *l, int fd)
{
	static const struct reconnect_kind kind = { "errand", ERRAND_WINDOW,
		.service = RECONNECT_SERVICE(NULL, 0) };
	struct errand *e = calloc(1, sizeof(*e));

	bug_if(!e);
	reconnect_init(&e->link, l, &kind);
	if (fd >= 0)
		reconnect_replace(&e->link, fd);
	return e;
}

void
errand_free(struct errand *e)
{
	if (!e)
		return;
	reconnect_close(&e->link);
	free(e);
}

void
errand_replace(struct errand *e, int fd)
{
	reconnect_replace(&e->link, fd);
}

int
errand_run(struct errand *e, enum errand_kind kind, struct str about,
    struct errand_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err)
{
	struct errand_ask ask = { kind, str_first(about, 255) };

	return reconnect_call(&e->link, &errand_calls[ERRAND_CALL_errand],
	    &ask, answer, a, NULL, until_ms, err);
}

int
errand_scan(struct errand *e, const struct scan_ask *ask, int fd,
    struct scan_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err)
{
	return reconnect_call_with(&e->link, &errand_calls[ERRAND_CALL_scan],
	    ask, fd, answer, a, until_ms, err);
}

int
errand_issuer_keys(struct errand *e, struct str issuer,
    struct issuer_keys_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err)
{
	struct issuer_keys_ask ask = { issuer };

	return reconnect_call(&e->link,
	    &errand_calls[ERRAND_CALL_issuer_keys], &ask, answer, a, NULL,
	    until_ms, err);
}

int
errand_introspect(struct errand *e, struct str issuer, struct str token,
    struct introspect_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err)
{
	struct introspect_ask ask = { issuer, token };

	return reconnect_call(&e->link,
	    &errand_calls[ERRAND_CALL_introspect], &ask, answer, a, NULL,
	    until_ms, err);
}
