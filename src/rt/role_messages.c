/*
 * role_messages.c - what master and a role tell each other, as tables.
 */
#include <unistd.h>

#include "rt/role.h"

MSG_SHAPE(config);
MSG_SHAPE(listener_conf);
MSG_SHAPE(cert_conf);
MSG_SHAPE(nameserver_conf);
MSG_SHAPE(stub_conf);
MSG_SHAPE(dns_list_conf);
MSG_SHAPE(oauth_conf);
MSG_SHAPE(route_conf);
MSG_SHAPE(egress_conf);
MSG_SHAPE(pool_conf);
MSG_SHAPE(source_conf);
MSG_SHAPE(ldap_conf);
MSG_SHAPE(pam_conf);
MSG_SHAPE(role_start);
MSG_SHAPE(role_peer);
MSG_SHAPE(role_listen);
MSG_SHAPE(role_reload);
MSG_SHAPE(role_stop);
MSG_SHAPE(role_file);
MSG_SHAPE(role_bans);
MSG_SHAPE(role_tickets);
MSG_SHAPE(role_ready);
MSG_SHAPE(role_proven);
MSG_SHAPE(role_failed);
MSG_SHAPE(role_done);
MSG_SHAPE(role_dial);
MSG_SHAPE(role_dialled);

#define ROW(what, name, who) \
	[what] = { #name, what, &role_##name##_shape, NULL, who, 0, 1 }
const struct ipc_call role_calls[ROLE_MESSAGES] = {
	ROW(ROLE_START, start, ROLE_FROM_MASTER),
	ROW(ROLE_PEER, peer, ROLE_FROM_MASTER),
	ROW(ROLE_LISTEN, listen, ROLE_FROM_MASTER),
	ROW(ROLE_RELOAD, reload, ROLE_FROM_MASTER),
	ROW(ROLE_STOP, stop, ROLE_FROM_MASTER),
	ROW(ROLE_FILE, file, ROLE_FROM_MASTER),
	ROW(ROLE_TICKETS, tickets, ROLE_FROM_MASTER),
	ROW(ROLE_BANS, bans, ROLE_FROM_MASTER),
	ROW(ROLE_READY, ready, ROLE_FROM_ROLE),
	ROW(ROLE_PROVEN, proven, ROLE_FROM_ROLE),
	ROW(ROLE_FAILED, failed, ROLE_FROM_ROLE),
	ROW(ROLE_DONE, done, ROLE_FROM_ROLE),
	[ROLE_DIAL] = { "dial", ROLE_DIAL, &role_dial_shape,
	    &role_dialled_shape, ROLE_FROM_ROLE, 0, 0 },
};

const char *
role_name(enum role_kind kind)
{
	static const char *const names[ROLE_KINDS] = { "master", "vault",
		"store", "mx", "front", "resolver", "relay", "web", "errand",
		"ldap", "pam" };

	return (size_t)kind < NELEM(names) ? names[kind] : NULL;
}

void
role_give_up(struct role *r, const char *why)
{
	struct role_failed m = { .text = str_c(why) };

	if (r->master) {
		ipc_notify(r->master, &role_calls[ROLE_FAILED], &m, -1);
		ipc_flush(r->master);
		_exit(1);	/* whoever waits for us would wait on */
	}
	r->code = 1;
	loop_stop(r->loop);
}

void
role_done(struct role *r, uint32_t after_s)
{
	struct role_done m = { after_s };

	if (r->master) {
		ipc_notify(r->master, &role_calls[ROLE_DONE], &m, -1);
		ipc_flush(r->master);
	}
	loop_stop(r->loop);
}

int
role_dial(struct role *r, struct str path, int64_t until_ms, int *fd,
    struct err *err)
{
	struct role_dial m = { path };
	struct role_dialled answer;
	struct arena *a = arena_new(4096);
	int rc;

	*fd = -1;
	if (r->master)
		rc = ipc_call(r->master, &role_calls[ROLE_DIAL], &m, -1,
		    &answer, a, fd, until_ms, err);
	else
		rc = err_set(err, E_PEER, "nobody to dial %.*s",
		    STR_FMT(path));
	arena_free(a);
	return rc < 0 || *fd >= 0 ? rc :
	    err_set(err, E_PEER, "dialled, and no connection came");
}

void
role_proven(struct role *r, uint64_t set, const char *error)
{
	struct role_proven m = { set, str_c(error) };

	if (r->master)
		ipc_notify(r->master, &role_calls[ROLE_PROVEN], &m, -1);
}
