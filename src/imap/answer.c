/*
 * answer.c - how a command ended, and what our failures are called.  RFC 5530
 */
#include "imap/imap_int.h"

enum { ANSWER_MAX = 8192 };

/* What happened to us, in the words of RFC 5530. What is missing here is our
 * own fault: SERVERBUG. */
static const struct {
	int code;
	struct answer answer;
} failures[] = {
	{ E_TIMEOUT, { ANSWER_NO, STR("UNAVAILABLE"),
	    STR("That took too long, try again later") } },
	{ E_PEER, { ANSWER_NO, STR("UNAVAILABLE"),
	    STR("Temporarily out of reach, try again") } },
	{ E_IO, { ANSWER_NO, STR("UNAVAILABLE"),
	    STR("Storage failed, try again later") } },
	{ E_DAMAGED, { ANSWER_NO, STR("CORRUPTION"),
	    STR("This is damaged on the server's disk") } },
	{ E_STALE, { ANSWER_NO, STR("UNAVAILABLE"),
	    STR("The mailbox has moved, try again") } },
	{ E_BUSY, { ANSWER_NO, STR("UNAVAILABLE"),
	    STR("Busy, try again later") } },
	{ E_FULL, { ANSWER_NO, STR("OVERQUOTA"), STR("No room is left") } },
	{ E_LIMIT, { ANSWER_NO, STR("LIMIT"), STR("Over a limit") } },
	{ E_NOTFOUND, { ANSWER_NO, STR("NONEXISTENT"),
	    STR("There is no such thing") } },
	{ E_EXISTS, { ANSWER_NO, STR("ALREADYEXISTS"),
	    STR("That exists already") } },
	{ E_DENIED, { ANSWER_NO, STR("EXPIRED"), STR("Not logged in") } },
	{ E_NORIGHT, { ANSWER_NO, STR("NOPERM"),
	    STR("Its owner does not let you do that") } },
	{ E_INVALID, { ANSWER_NO, STR("CANNOT"),
	    STR("That makes no sense here") } },
};

struct answer
imap_fail(struct imap_session *s, const char *what, const struct err *err)
{
	if (stream_failed(s->d.stream) < 0)
		return NO_ANSWER;
	/* Who asks for what is not there is told, and nobody else need know. */
	log_ctx_event(&s->d.log, err->code == E_NOTFOUND ||
	    err->code == E_NORIGHT ? LOG_DEBUG : LOG_WARN, "command_failed",
	    F_STR("command", str_c(what)), F_ERR(err));
	/* All we ask for is an account's to ask: it is not ours any more (its
	 * password was changed, or vault has forgotten us). */
	if (err->code == E_DENIED && s->account.store &&
	    s->state != STATE_LOGOUT)
		imap_bye(s, "Please log in again");
	for (size_t i = 0; i < NELEM(failures); i++) {
		if (failures[i].code == err->code)
			return failures[i].answer;
	}
	return NO_CODE("SERVERBUG", "Internal error");
}

void
imap_say_answer(struct imap_session *s, struct str tag, const struct answer *a)
{
	static const struct str words[] = {
		[ANSWER_OK] = STR(" OK "),
		[ANSWER_NO] = STR(" NO "),
		[ANSWER_BAD] = STR(" BAD "),
	};

	auto_buf b = BUF_INIT(ANSWER_MAX + COPYUID_MAX);

	if (a->kind == ANSWER_NONE)
		return;
	/* RFC 3501 7.1.3: "*" when the tag itself could not be read. */
	buf_str(&b, tag.n ? tag : STR("*"));
	buf_str(&b, words[a->kind]);
	if (a->code.n) {
		buf_chr(&b, '[');
		buf_str(&b, a->code);
		buf_lit(&b, "] ");
	}
	reply_text(&b, a->text);
	buf_lit(&b, "\r\n");
	imap_say(s, &b);
}
