/*
 * role_pam_test.c - passwords that PAM proves: the role that has it asked is
 * played here, honest and hostile. Of whom it is asked, what its answers are
 * believed of, and what those see who are not let in; also where there is a
 * directory beside it.
 */
#include "vault/role_world.h"

#include "base/test.h"
#include "ldap/messages.h"
#include "pam/messages.h"

#define ANNA "anna@mail.test"
#define ANNA_USER "anna.m"
#define HERE "192.0.2.70"

/* What the role is, and was asked. */
static struct player {
	struct ipc *ipc;
	enum pam_proof says;	/* to everybody */
	int asked, of_nobody;
	char user[100], password[600], peer[100];
} player;

static void
copy(char *to, size_t size, struct str s)
{
	(void)snprintf(to, size, "%.*s", STR_FMT(s));
}

static void
on_prove(void *owner unused_arg, struct ipc_req *req)
{
	const struct pam_prove_ask *ask = req->ask;
	struct pam_prove_answer answer = { player.says, STR("no reason") };

	player.asked++;
	player.of_nobody += ask->user.n == 0;
	copy(player.user, sizeof(player.user), ask->user);
	copy(player.password, sizeof(player.password), ask->password);
	copy(player.peer, sizeof(player.peer), ask->peer);
	ipc_reply(req, &answer, -1);
}

static void
on_gone(void *owner unused_arg, struct ipc *ipc, const char *why unused_arg)
{
	if (player.ipc == ipc)
		player.ipc = NULL;
	ipc_close(ipc);
}

static void
player_up(struct world *w)
{
	static const struct ipc_service service = { pam_calls, PAM_NCALLS,
		on_prove, on_gone };
	struct ipc_options o = { .service = &service, .owner = w,
		.authority = PAM_AUTH_VAULT, .window = PAM_WINDOW };
	struct err err;
	int fd = connect_to(w, ROLE_PAM);

	ipc_close(player.ipc);
	player = (struct player){ 0 };
	player.ipc = ipc_open(w->loop, fd, &o, &err);
}

static void
configure(struct world *w, uint32_t remember_s)
{
	static char octets[1000];
	auto_buf b = BUF_INIT(sizeof(octets));
	struct pam_conf c = { .service = STR("postern"),
		.folder = STR("/etc/pam.d"), .remember_s = remember_s };

	msg_put(&b, &pam_conf_shape, &c);
	memcpy(octets, b.p, b.n);
	w->role.config.pam = str_make(octets, b.n);
	w->people[2].address = STR(ANNA);
	w->people[2].pam = STR(ANNA_USER);
}

static int
log_in(struct world *w, const char *user, const char *password)
{
	struct login_ask ask = { STR("PLAIN"), STR_NULL, str_c(user),
		str_c(password), STR(HERE), SERVICE_imap };
	struct arena *a = arena_new(65536);
	struct login login = { 0 };
	struct err err = { 0 };
	int rc = vault_login(w->front, &ask, &login, a, &err);

	vault_logout(w->front, &login);
	arena_free(a);
	return rc;
}

static void
who_is_asked_about(struct world *w)
{
	configure(w, 0);
	player_up(w);
	player.says = PAM_YES;
	assert_int_equal(log_in(w, ANNA, "of anna"), 0);
	assert_string_equal(player.user, ANNA_USER);
	assert_string_equal(player.password, "of anna");
	assert_int_equal(player.asked, 1);
	/* What is right here is nobody's business. */
	assert_int_equal(log_in(w, "alice@mail.test", "postern-demo"), 0);
	assert_int_equal(player.asked, 1);
	player.says = PAM_NO;
	assert_int_equal(log_in(w, ANNA, "wrong"), E_DENIED);
	assert_int_equal(player.asked, 2);
	/* Each time: nothing is remembered. */
	player.says = PAM_YES;
	assert_int_equal(log_in(w, ANNA, "of anna"), 0);
	assert_int_equal(player.asked, 3);
	assert_string_equal(player.peer, HERE);
}

static void
test_who_is_asked_about(void **state)
{
	restart(*state);
	run(*state, who_is_asked_about);
}

/* One that was taken over says yes to all it is asked, and that is anna. */
static void
it_says_yes(struct world *w)
{
	static const char *const others[] = { "alice@mail.test",
		"nobody@mail.test", ANNA_USER };
	int opened;

	configure(w, 0);
	player_up(w);
	player.says = PAM_YES;
	assert_int_equal(log_in(w, ANNA, "anything"), 0);
	opened = w->opened;
	for (size_t i = 0; i < NELEM(others); i++) {
		assert_int_equal(log_in(w, others[i], "wrong"), E_DENIED);
		/* It was asked, of nobody, and the password was not said. */
		assert_int_equal(player.of_nobody, (int)i + 1);
		assert_string_equal(player.user, "");
		assert_string_equal(player.password, "");
	}
	assert_int_equal(w->opened, opened);
	/* Numbers that say neither. */
	player.says = 77;
	assert_int_equal(log_in(w, ANNA, "anything"), E_PEER);
	assert_int_equal(w->opened, opened);
}

static void
test_it_says_yes(void **state)
{
	restart(*state);
	run(*state, it_says_yes);
}

/* Nobody is wrong then, and all are told the same. */
static void
it_is_away(struct world *w)
{
	configure(w, 0);
	player_up(w);
	player.says = PAM_AWAY;
	assert_int_equal(log_in(w, ANNA, "right"), E_PEER);
	assert_int_equal(log_in(w, "nobody@mail.test", "x"), E_PEER);
	assert_int_equal(log_in(w, "bob@mail.test", "wrong"), E_PEER);
	assert_int_equal(log_in(w, "alice@mail.test", "postern-demo"), 0);
	player.says = PAM_YES;
	assert_int_equal(log_in(w, ANNA, "right"), 0);
}

static void
test_it_is_away(void **state)
{
	restart(*state);
	run(*state, it_is_away);
}

/* What was right is not asked about for a while, and wrong is wrong. */
static void
it_is_remembered(struct world *w)
{
	configure(w, 300);
	player_up(w);
	player.says = PAM_YES;
	assert_int_equal(log_in(w, ANNA, "of anna"), 0);
	player.says = PAM_NO;
	assert_int_equal(log_in(w, ANNA, "of anna"), 0);
	assert_int_equal(player.asked, 1);
	assert_int_equal(log_in(w, ANNA, "other"), E_DENIED);
	assert_int_equal(player.asked, 2);
	/* Another user has other passwords. */
	w->people[2].pam = STR("other");
	assert_int_equal(log_in(w, ANNA, "of anna"), E_DENIED);
}

static void
test_it_is_remembered(void **state)
{
	restart(*state);
	run(*state, it_is_remembered);
}

static void
took(struct world *w, const char *user, int64_t *ms)
{
	int64_t began = loop_now_ms(w->loop);

	assert_int_equal(log_in(w, user, "wrong one"), E_DENIED);
	*ms = loop_now_ms(w->loop) - began;
}

static void
all_take_as_long(struct world *w)
{
	static const char *const users[] = { ANNA, "alice@mail.test",
		"nobody@mail.test" };
	int64_t ms;

	configure(w, 0);
	player_up(w);
	for (size_t i = 0; i < NELEM(users); i++) {
		took(w, users[i], &ms);
		assert_in_range(ms, 1990, 2500);
	}
}

static void
test_all_take_as_long(void **state)
{
	restart(*state);
	run(*state, all_take_as_long);
}

static int
reopen(struct ipc *c, struct str ticket, struct arena *a)
{
	struct reopen_ask ask = { ticket };
	struct vault_done done;
	struct err err;
	int fd = -1, rc = ipc_call(c, &vault_calls[VAULT_reopen], &ask, -1,
	    &done, a, &fd, NEVER, &err);

	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* Its sessions stand and fall with the user. */
static void
the_user_changes(struct world *w)
{
	struct login_ask ask = { STR("PLAIN"), STR_NULL, STR(ANNA),
		STR("of anna"), STR(HERE), SERVICE_imap };
	struct arena *a = arena_new(65536);
	struct login_answer answer;
	struct ipc_options o = { 0 };
	struct err err = { 0 };
	struct ipc *c = ipc_open(w->loop, connect_to(w, ROLE_FRONT), &o, &err);
	int fd = -1;

	configure(w, 0);
	player_up(w);
	player.says = PAM_YES;
	assert_int_equal(ipc_call(c, &vault_calls[VAULT_login], &ask, -1,
	    &answer, a, &fd, NEVER, &err), 0);
	(void)close(fd);
	assert_int_equal(reopen(c, answer.ticket, a), 0);
	w->people[2].pam = STR("another");
	assert_int_equal(reopen(c, answer.ticket, a), E_DENIED);
	ipc_close(c);
	arena_free(a);
}

static void
test_the_user_changes(void **state)
{
	restart(*state);
	run(*state, the_user_changes);
}

/* Not the directory's server, but whoever speaks with it. */
static void
fail_it(void *owner unused_arg, struct ipc_req *req)
{
	struct ldap_prove_answer away = { .proof = LDAP_AWAY };

	ipc_reply(req, &away, -1);
}

/* What a module would read otherwise is nobody's, and not said to any. */
static void
what_it_does_not_take(struct world *w)
{
	static char password[PAM_PASSWORD_MAX + 2];
	struct login_ask ask = { STR("PLAIN"), STR_NULL, STR(ANNA),
		STR("of anna\0x"), STR(HERE), SERVICE_imap };
	struct arena *a = arena_new(65536);
	struct login login = { 0 };
	struct err err = { 0 };

	configure(w, 0);
	player_up(w);
	player.says = PAM_YES;
	memset(password, 'x', PAM_PASSWORD_MAX + 1);
	assert_int_equal(log_in(w, ANNA, ""), E_DENIED);
	assert_int_equal(log_in(w, ANNA, password), E_DENIED);
	assert_int_equal(vault_login(w->front, &ask, &login, a, &err),
	    E_DENIED);
	assert_int_equal(player.asked, 3);
	assert_int_equal(player.of_nobody, 3);
	password[PAM_PASSWORD_MAX] = '\0';
	assert_int_equal(log_in(w, ANNA, password), 0);
	assert_string_equal(player.password, password);
	arena_free(a);
}

static void
test_what_it_does_not_take(void **state)
{
	restart(*state);
	run(*state, what_it_does_not_take);
}

/* Where LDAP is beside it, and does not answer: all that is wrong is told so,
 * also what PAM has said no to; and what is right there is right. */
static void
ldap_beside(struct world *w)
{
	static char octets[1000];
	auto_buf b = BUF_INIT(sizeof(octets));
	struct ldap_conf c = { .server = STR("ldap.test"),
		.base = STR("dc=test") };
	struct ipc *ldap;
	int fd;

	configure(w, 0);
	msg_put(&b, &ldap_conf_shape, &c);
	memcpy(octets, b.p, b.n);
	w->role.config.ldap = str_make(octets, b.n);
	player_up(w);
	fd = connect_to(w, ROLE_LDAP);
	ldap = ipc_open(w->loop, fd, &(struct ipc_options){ .service =
		&(struct ipc_service){ ldap_calls, LDAP_NCALLS, fail_it,
		    NULL }, .authority = LDAP_AUTH_VAULT }, NULL);
	player.says = PAM_YES;
	assert_int_equal(log_in(w, ANNA, "of anna"), 0);
	player.says = PAM_NO;
	assert_int_equal(log_in(w, ANNA, "wrong"), E_PEER);
	assert_int_equal(log_in(w, "alice@mail.test", "wrong"), E_PEER);
	assert_int_equal(log_in(w, "nobody@mail.test", "wrong"), E_PEER);
	ipc_close(ldap);
	w->role.config.ldap = STR_NULL;
}

static void
test_ldap_beside(void **state)
{
	restart(*state);
	run(*state, ldap_beside);
}

static int
pam_world_down(void **state)
{
	ipc_close(player.ipc);
	player.ipc = NULL;
	return world_down(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_asked_about),
		cmocka_unit_test(test_it_says_yes),
		cmocka_unit_test(test_it_is_away),
		cmocka_unit_test(test_it_is_remembered),
		cmocka_unit_test(test_all_take_as_long),
		cmocka_unit_test(test_the_user_changes),
		cmocka_unit_test(test_what_it_does_not_take),
		cmocka_unit_test(test_ldap_beside),
	};

	return cmocka_run_group_tests(tests, world_up, pam_world_down);
}
