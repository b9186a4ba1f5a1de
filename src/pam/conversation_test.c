/*
 * conversation_test.c - modules that ask for the password, for it again, and
 * for something else.
 */
#include "pam/conversation.h"

#include "base/test.h"

enum { MESSAGES = 3 };

static const struct {
	struct pam_message messages[MESSAGES];
	int n;
	int wanted;
	int answered;		/* by the password, which one */
	bool refused;
	const char *words;
} rows[] = {
	{ { { PAM_PROMPT_ECHO_OFF, "Password: " } }, 1, PAM_SUCCESS, 0, false,
	    "" },
	{ { { PAM_TEXT_INFO, "hello" }, { PAM_PROMPT_ECHO_OFF, "PIN" },
	    { PAM_ERROR_MSG, "a\r\nb\t\177c" } }, 3, PAM_SUCCESS, 1, false,
	    "hello a  b  c" },
	{ { { PAM_PROMPT_ECHO_OFF, "Password: " },
	    { PAM_PROMPT_ECHO_OFF, "Code: " } }, 2, PAM_CONV_ERR, -1, true,
	    "Code: " },
	{ { { PAM_PROMPT_ECHO_ON, "login: " } }, 1, PAM_CONV_ERR, -1, true,
	    "login: " },
	{ { { PAM_RADIO_TYPE, NULL } }, 1, PAM_CONV_ERR, -1, true, "" },
	{ { { PAM_BINARY_PROMPT, NULL } }, 1, PAM_CONV_ERR, -1, true, "" },
	{ { { PAM_TEXT_INFO, NULL } }, 1, PAM_SUCCESS, -1, false, "" },
	{ { { 0, NULL } }, 0, PAM_CONV_ERR, -1, false, "" },
	{ { { 0, NULL } }, -1, PAM_CONV_ERR, -1, false, "" },
	{ { { 0, NULL } }, PAM_MAX_NUM_MSG + 1, PAM_CONV_ERR, -1, false, "" },
};

static void
test_rows(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct pam_message *m[MESSAGES] = {
			&rows[i].messages[0], &rows[i].messages[1],
			&rows[i].messages[2] };
		struct conversation c = { .password = "secret" };
		struct pam_response *r = NULL;

		assert_int_equal(conversation_answer(rows[i].n, m, &r, &c),
		    rows[i].wanted);
		assert_int_equal(c.refused, rows[i].refused);
		assert_str(str_make(c.words, c.nwords), rows[i].words);
		for (int k = 0; r && k < rows[i].n; k++) {
			if (k == rows[i].answered)
				assert_string_equal(r[k].resp, "secret");
			else
				assert_null(r[k].resp);
			free(r[k].resp);
		}
		assert_int_equal(r != NULL, rows[i].wanted == PAM_SUCCESS);
		free(r);
	}
}

/* Also of two conversations of one attempt. */
static void
test_once(void **state unused_arg)
{
	struct pam_message m = { PAM_PROMPT_ECHO_OFF, "again" };
	const struct pam_message *both[] = { &m };
	struct conversation c = { .password = "secret" };
	struct pam_response *r = NULL;

	assert_int_equal(conversation_answer(1, both, &r, &c), PAM_SUCCESS);
	free(r->resp);
	free(r);
	assert_int_equal(conversation_answer(1, both, &r, &c), PAM_CONV_ERR);
	assert_true(c.refused);
}

static void
test_words_have_an_end(void **state unused_arg)
{
	static char text[1000];
	struct pam_message m = { PAM_ERROR_MSG, text };
	const struct pam_message *one[] = { &m };
	struct conversation c = { .password = "" };
	struct pam_response *r = NULL;

	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(conversation_answer(1, one, &r, &c),
		    PAM_SUCCESS);
		free(r);
	}
	assert_int_equal(c.nwords, CONVERSATION_WORDS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_words_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
