#include "imap/imap_int.h"
#include "smtp/sasl.h"

static void
on_change(void *arg, uint64_t mailbox unused_arg, uint64_t modseq unused_arg)
{
	struct imap_session *s = arg;

	if (s->idling)
		stream_kick(s->d.stream);
}

static void
note_login(struct imap_session *s)
{
	struct journal_ask j = {
		.event = JOURNAL_login,
		.session = str_c(s->d.id),
		.peer = str_c(s->d.peer.address),
		.address = str_c(s->user),
		.text = STR("imap"),
	};

	store_notify(s->store, STORE_journal, &j);
}

static struct answer
logged_in(struct imap_session *s)
{
	struct answer a = OK("Welcome");

	(void)snprintf(s->user, sizeof(s->user), "%.*s",
	    STR_FMT(s->login.address));
	/* It lay in the command's arena. */
	s->login.address = str_c(s->user);
	s->store = s->login.store;
	s->state = STATE_AUTH;
	s->bad_logins = 0;
	store_on_change(s->store, on_change, s);
	note_login(s);
	a.code = imap_capability_code(s);
	return a;
}

struct answer
imap_prove(struct imap_session *s, const struct login_ask *ask)
{
	struct err err = { 0 };
	int e = vault_login(s->service->vault, ask, &s->login, s->cmd, &err);

	log_ctx_event(&s->d.log, LOG_INFO, "login", F_STR("user", ask->user),
	    F_STR("mechanism", ask->mechanism),
	    F_STR("result", str_c(e < 0 ? err_name(e) : "ok")));
	if (e >= 0)
		return logged_in(s);
	if (e != E_DENIED && e != E_NOTFOUND && e != E_INVALID)
		return imap_fail(s, "login", &err);
	if (++s->bad_logins >= IMAP_MAX_LOGINS)
		imap_bye(s, "Too many failed logins");
	return NO_CODE("AUTHENTICATIONFAILED", "Wrong user or password");
}

/* LOGIN user password                                     RFC 3501 6.2.3 */
struct answer
imap_login(struct imap_session *s, const struct imap_command *c)
{
	const struct login_args *a = &c->args.login;
	struct login_ask ask = {
		.mechanism = STR("LOGIN"),
		.user = a->user,
		.password = a->password,
		.peer = str_c(s->d.peer.address),
	};

	if (!stream_tls(s->d.stream).on)
		return NO_CODE("PRIVACYREQUIRED", "Only inside TLS");
	if (!sasl_user_password(a->user, a->password))
		return NO_CODE("AUTHENTICATIONFAILED",
		    "Wrong user or password");
	return imap_prove(s, &ask);
}
