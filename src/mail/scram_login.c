#include "mail/scram_login.h"

#include "base/b64.h"
#include "vault/scram_grammar.h"

#define MALFORMED "Malformed SCRAM message"

static const struct scram_mechanism {
	struct str name;
	bool plus;
} mechanisms[] = {
	{ STR("SCRAM-SHA-256-PLUS"), true },
	{ STR("SCRAM-SHA-1-PLUS"), true },
	{ STR("SCRAM-SHA-256"), false },
	{ STR("SCRAM-SHA-1"), false },
};

static const struct scram_binding {
	struct str name;
	enum tls_binding kind;
} bindings[] = {
	{ STR("tls-exporter"), TLS_EXPORTER },
	{ STR("tls-server-end-point"), TLS_SERVER_END_POINT },
};

static bool
can_bind(const struct stream *s)
{
	uint8_t octets[TLS_BINDING_MAX];
	size_t n;

	for (size_t i = 0; i < NELEM(bindings); i++)
		if (stream_tls_binding(s, bindings[i].kind, octets, &n))
			return true;
	return false;
}

static const struct scram_mechanism *
find_mechanism(struct str name)
{
	for (size_t i = 0; i < NELEM(mechanisms); i++)
		if (str_eqi(name, mechanisms[i].name))
			return &mechanisms[i];
	return NULL;
}

bool
scram_find(const struct stream *s, struct str name, struct str *mechanism)
{
	const struct scram_mechanism *m = find_mechanism(name);

	if (!m || (m->plus && !can_bind(s)))
		return false;
	*mechanism = m->name;
	return true;
}

/* Programs of GNU SASL (mutt of Debian 12) take -PLUS whenever they see it, and
 * fail where their TLS gives them nothing to bind to. */
void
scram_put_offered(struct buf *b, struct str before)
{
	for (size_t i = 0; i < NELEM(mechanisms); i++) {
		if (mechanisms[i].plus)
			continue;
		buf_str(b, before);
		buf_str(b, mechanisms[i].name);
	}
}

/* cbind-input = gs2-header [ cbind-data ]. Does it have this of its name? */
static bool
put_binding(const struct scram_talk *talk,
    const struct scram_client_first *f, struct buf *b)
{
	uint8_t octets[TLS_BINDING_MAX];
	size_t n;

	buf_str(b, f->gs2);
	if (f->flag != SCRAM_BOUND)
		return true;
	for (size_t i = 0; i < NELEM(bindings); i++) {
		if (!str_eq(f->binding, bindings[i].name) ||
		    !stream_tls_binding(talk->stream, bindings[i].kind, octets,
			&n))
			continue;
		buf_put(b, octets, n);
		return true;
	}
	return false;
}

/* Why this first message leads nowhere; NULL: it does. RFC 5802 6 */
static const char *
find_fault(const struct scram_talk *talk, const struct scram_client_first *f,
    struct buf *binding)
{
	const struct scram_mechanism *m = find_mechanism(
	    talk->who.mechanism);

	if (f->extended)
		return "An extension that nobody knows here";
	if (m->plus != (f->flag == SCRAM_BOUND))
		return "That is bound to TLS with -PLUS only";
	if (!put_binding(talk, f, binding))
		return "No such channel binding here";
	return NULL;
}

static void
note(const struct scram_talk *talk, struct str user, const char *result)
{
	log_ctx_event(talk->log, LOG_INFO, "login", F_STR("user", user),
	    F_STR("mechanism", talk->who.mechanism),
	    F_STR("result", str_c(result)));
}

/* One that makes no sense is refused as a wrong password is. */
static bool
refuse(const struct scram_talk *talk, struct str user, const char *what,
    enum login_result *result, struct str *why)
{
	note(talk, user, "malformed");
	*why = str_c(what);
	*result = LOGIN_REFUSED;
	return true;
}

/* server-error: the client hears of it in the exchange, then of the protocol;
 * what it says in between is nothing.                          RFC 5802 7 */
static void
tell_error(const struct scram_talk *talk, const char *error)
{
	struct str nothing;

	(void)talk->ask(talk->session, arena_printf(talk->a, "e=%s", error),
	    &nothing);
}

/* server-final-message: the client sees that we know its password too, and
 * answers nothing; else it does not want us. As scram_log_in(). */
static bool
show_signature(const struct scram_talk *talk, struct str signature,
    enum login_result *result, struct str *why)
{
	auto_buf b = BUF_INIT(256);
	struct str response = STR_NULL;
	bool heard;

	buf_lit(&b, "v=");
	b64_put(&b, signature);
	heard = talk->ask(talk->session, buf_get(&b), &response);
	if (heard && response.n == 0)
		return true;
	account_leave(talk->account);
	return heard && refuse(talk, talk->who.user, MALFORMED, result, why);
}

/* Does the last message belong to what was said? NULL: yes; else server-error.
 */
static const char *
find_error(const struct scram_client_final *l, struct str server_first,
    struct str binding)
{
	struct str nonce = STR_NULL, rest;

	if (!str_eq(l->binding, binding))
		return "channel-bindings-dont-match";
	if (!str_cut(str_from(server_first, 2), ',', &nonce, &rest) ||
	    !str_eq(l->nonce, nonce))
		return "other-error";
	return NULL;
}

static bool
prove(struct scram_talk *talk, const struct scram_first_answer *begun,
    const struct scram_client_final *l, enum login_result *result,
    struct str *why, struct err *err)
{
	struct scram_final_ask ask = { begun->exchange, l->without_proof,
		l->proof };
	struct str signature;

	*result = account_prove(talk->account, &talk->who, &ask, talk->log,
	    &signature, talk->a, err);
	if (*result == LOGIN_REFUSED)
		tell_error(talk, "invalid-proof");
	return *result != LOGIN_OK ||
	    show_signature(talk, signature, result, why);
}

bool
scram_log_in(struct scram_talk *talk, struct str first,
    enum login_result *result, struct str *why, struct err *err)
{
	struct login_ask *who = &talk->who;
	auto_buf binding = BUF_INIT(SCRAM_MESSAGE_MAX + TLS_BINDING_MAX);
	struct scram_first_answer begun;
	struct scram_client_first f;
	struct scram_client_final l;
	struct str response = STR_NULL;
	const char *fault;
	int rc;

	*why = STR(LOGIN_REFUSED_SAYS);
	if (!scram_read_first(first, talk->a, &f))
		return refuse(talk, STR_NULL, MALFORMED, result, why);
	if ((fault = find_fault(talk, &f, &binding)) != NULL)
		return refuse(talk, f.user, fault, result, why);
	who->user = f.user;
	who->authzid = f.authzid;
	account_names(who, talk->a);
	rc = vault_scram_first(talk->account->vault, &(struct scram_first_ask){
	    who->mechanism, who->authzid, who->user, who->peer, who->service,
	    f.nonce, f.bare }, &begun, talk->a, err);
	if (rc < 0) {
		*result = account_settle(talk->account, who, rc, talk->log);
		return true;
	}
	if (!talk->ask(talk->session, begun.message, &response))
		return false;
	if (!scram_read_final(response, talk->a, &l))
		return refuse(talk, who->user, MALFORMED, result, why);
	fault = find_error(&l, begun.message, buf_get(&binding));
	if (fault) {
		tell_error(talk, fault);
		return refuse(talk, who->user, str_eq(str_c(fault),
		    STR("other-error")) ? MALFORMED :
		    "This is not the TLS that was proven", result, why);
	}
	return prove(talk, &begun, &l, result, why, err);
}
