/*
 * A server whose script (see client_world.h) is the input. Whatever it does,
 * the client comes to its end, everybody has an answer, and nobody has a good
 * one unless the server took a dot.
 */
#include "smtp/client_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct scene *s)
{
	for (size_t i = 0; i < s->nmessages && s->rc == 0; i++)
		for (size_t r = 0; r < s->nrcpts; r++) {
			const struct smtp_answer *a = &s->rcpts[i][r].answer;

			bug_if(!a->status[0] || a->text.n > ANSWER_TEXT_MAX);
			bug_if(!str_is_utf8(a->text));
			bug_if(answer_is_good(a) != (a->status[0] == '2'));
			bug_if(answer_is_good(a) && str_find(
			    buf_get(&s->heard), STR("\n.\n")) == s->heard.n);
		}
	bug_if(s->rc < 0 && s->rc != E_CANCELED && !s->why.status[0]);
	bug_if(s->accepted > s->nmessages);
}

static void
play_both(const char *script, bool lmtp)
{
	struct scene s = { .script = script, .nmessages = 2, .nrcpts = 2,
		.messages = { STR("one\r\n"), STR(".two\r\n") },
		.lmtp = lmtp };

	scene_play(&s);
	check(&s);
	scene_end(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char script[4097];

	if (size >= sizeof(script))
		return 0;
	memcpy(script, data, size);
	script[size] = '\0';
	play_both(script, false);
	play_both(script, true);
	return 0;
}
