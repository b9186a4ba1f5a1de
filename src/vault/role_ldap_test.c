/*
 * role_ldap_test.c - passwords that a directory proves: the role that asks it
 * is played here, honest and hostile. Of whom it is asked, what its answers are
 * believed of, and what those see who are not let in.
 */
#include "vault/role_world.h"

#include "base/test.h"
#include "ldap/messages.h"

#define ANNA "anna@mail.test"
#define ANNA_DN "uid=anna,dc=test"
#define HERE "192.0.2.70"

/* What the directory's role is, and was asked. */
static struct directory {
	struct ipc *ipc;
	enum ldap_proof says;	/* to everybody */
	int64_t takes_ms;
	int asked, of_nobody;
	char dn[100], password[100];
} directory;

static void
copy(char *to, struct str s)
{
	(void)snprintf(to, 100, "%.*s", STR_FMT(s));
}

static void
on_prove(void *owner unused_arg, struct ipc_req *req)
{
	const struct ldap_prove_ask *ask = req->ask;
	struct ldap_prove_answer answer = { directory.says, STR("no reason") };

	directory.asked++;
	directory.of_nobody += ask->dn.n == 0;
	copy(directory.dn, ask->dn);
	copy(directory.password, ask->password);
	ipc_reply(req, &answer, -1);
}

static void
on_gone(void *owner unused_arg, struct ipc *ipc, const char *why unused_arg)
{
	if (directory.ipc == ipc)
		directory.ipc = NULL;
	ipc_close(ipc);
}

static void
directory_up(struct world *w)
{
	static const struct ipc_service service = { ldap_calls, LDAP_NCALLS,
		on_prove, on_gone };
	struct ipc_options o = { .service = &service, .owner = w,
		.authority = LDAP_AUTH_VAULT, .window = LDAP_WINDOW };
	struct err err;
	int fd = connect_to(w, ROLE_LDAP);

	ipc_close(directory.ipc);
	directory = (struct directory){ 0 };
	directory.ipc = ipc_open(w->loop, fd, &o, &err);
}

static void
configure(struct world *w, uint32_t remember_s)
{
	static char octets[1000];
	auto_buf b = BUF_INIT(sizeof(octets));
	struct ldap_conf c = { .server = STR("ldap.test"),
		.base = STR("dc=test"), .remember_s = remember_s };

	msg_put(&b, &ldap_conf_shape, &c);
	memcpy(octets, b.p, b.n);
	w->role.config.ldap = str_make(octets, b.n);
	w->people[2].address = STR(ANNA);
	w->people[2].dn = STR(ANNA_DN);
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
	directory_up(w);
	directory.says = LDAP_YES;
	assert_int_equal(log_in(w, ANNA, "of anna"), 0);
	assert_string_equal(directory.dn, ANNA_DN);
	assert_string_equal(directory.password, "of anna");
	assert_int_equal(directory.asked, 1);
	/* What is right here is nobody's business. */
	assert_int_equal(log_in(w, "alice@mail.test", "postern-demo"), 0);
	assert_int_equal(directory.asked, 1);
	directory.says = LDAP_NO;
	assert_int_equal(log_in(w, ANNA, "wrong"), E_DENIED);
	assert_int_equal(directory.asked, 2);
	/* Each time: nothing is remembered. */
	directory.says = LDAP_YES;
	assert_int_equal(log_in(w, ANNA, "of anna"), 0);
	assert_int_equal(directory.asked, 3);
	/* RFC 4513 5.1.2 */
	assert_int_equal(log_in(w, ANNA, ""), E_DENIED);
	assert_int_equal(directory.of_nobody, 1);
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
		"bob@mail.test", "nobody@mail.test", "", ANNA_DN };
	int opened;

	configure(w, 0);
	directory_up(w);
	directory.says = LDAP_YES;
	assert_int_equal(log_in(w, ANNA, "anything"), 0);
	opened = w->opened;
	for (size_t i = 0; i < NELEM(others); i++) {
		assert_int_equal(log_in(w, others[i], "wrong"), E_DENIED);
		/* It was asked, of nobody, and the password was not said. */
		assert_int_equal(directory.of_nobody, (int)i + 1);
		assert_string_equal(directory.dn, "");
		assert_string_equal(directory.password, "");
	}
	assert_int_equal(w->opened, opened);
	/* Numbers that say neither. */
	directory.says = 77;
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
	directory_up(w);
	directory.says = LDAP_AWAY;
	for (int i = 0; i <= LOGIN_LIMIT_PEER; i++) {
		char password[40];

		(void)snprintf(password, sizeof(password), "right %d", i);
		assert_int_equal(log_in(w, ANNA, password), E_PEER);
	}
	assert_int_equal(log_in(w, "nobody@mail.test", "x"), E_PEER);
	assert_int_equal(log_in(w, "bob@mail.test", "wrong"), E_PEER);
	assert_int_equal(log_in(w, "alice@mail.test", "postern-demo"), 0);
	directory.says = LDAP_YES;
	assert_int_equal(log_in(w, ANNA, "right 1"), 0);
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
	directory_up(w);
	directory.says = LDAP_YES;
	assert_int_equal(log_in(w, ANNA, "of anna"), 0);
	directory.says = LDAP_NO;
	assert_int_equal(log_in(w, ANNA, "of anna"), 0);
	assert_int_equal(directory.asked, 1);
	assert_int_equal(log_in(w, ANNA, "other"), E_DENIED);
	assert_int_equal(directory.asked, 2);
	/* Another entry has other passwords. */
	w->people[2].dn = STR("uid=other,dc=test");
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
	directory_up(w);
	for (size_t i = 0; i < NELEM(users); i++) {
		took(w, users[i], &ms);
		assert_in_range(ms, 490, 990);
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

/* Its sessions stand and fall with the entry. */
static void
the_entry_changes(struct world *w)
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
	directory_up(w);
	directory.says = LDAP_YES;
	assert_int_equal(ipc_call(c, &vault_calls[VAULT_login], &ask, -1,
	    &answer, a, &fd, NEVER, &err), 0);
	(void)close(fd);
	assert_int_equal(reopen(c, answer.ticket, a), 0);
	w->people[2].dn = STR("uid=another,dc=test");
	assert_int_equal(reopen(c, answer.ticket, a), E_DENIED);
	ipc_close(c);
	arena_free(a);
}

static void
test_the_entry_changes(void **state)
{
	restart(*state);
	run(*state, the_entry_changes);
}

static int
ldap_world_down(void **state)
{
	ipc_close(directory.ipc);
	directory.ipc = NULL;
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
		cmocka_unit_test(test_the_entry_changes),
	};

	return cmocka_run_group_tests(tests, world_up, ldap_world_down);
}
