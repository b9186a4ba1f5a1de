#include "imap/test_world.h"

static void *
new_service(struct loop *l, const struct config *conf, struct vault *vault,
    struct tls_ctx *tls)
{
	return imap_service_new(l, conf, vault, tls);
}

static void
unref_service(void *service)
{
	imap_service_unref(service);
}

static void
start_session(void *service, struct stream *stream, const struct peer *peer,
    enum listen_tls rule, void (*done)(void *arg), void *arg)
{
	imap_start(service, stream, peer, rule, done, arg);
}

const struct world_protocol world_speaks = { new_service, unref_service,
	start_session, "x LOGIN alice@example.test \"se cret\"\r\n",
	"x OK " };
