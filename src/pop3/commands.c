/*
 * commands.c - every command there is, one row each.
 */
#include "mail/sasl_login.h"
#include "pop3/pop3_int.h"

enum { BEFORE = STATE_AUTHORIZATION, INSIDE = STATE_TRANSACTION,
	ANY = STATE_AUTHORIZATION | STATE_TRANSACTION };

/* RFC 2449 5: what is announced before the login is announced behind it. */
static bool
may_log_in(const struct pop3_session *s)
{
	return dialogue_may_log_in(&s->d);
}

static bool
can_start_tls(const struct pop3_session *s)
{
	return s->state == STATE_AUTHORIZATION && s->service->tls &&
	    dialogue_may_start_tls(&s->d);
}

#define C(...) STR(__VA_ARGS__)
#define NONE { NULL, 0 }

const struct pop3_command pop3_commands[] = {
	{ C("CAPA"), ANY, FORM_NONE, pop3_capa, C("RESP-CODES\r\n"
	    "AUTH-RESP-CODE\r\nPIPELINING\r\nEXPIRE NEVER\r\n"
	    "IMPLEMENTATION Postern"), NULL },
	{ C("USER"), BEFORE, FORM_TEXT, pop3_user, C("USER"), may_log_in },
	{ C("PASS"), BEFORE, FORM_TEXT, pop3_pass, NONE, NULL },
	{ C("AUTH"), BEFORE, FORM_ANY_TEXT, pop3_auth, C("SASL PLAIN"),
	    may_log_in },
	{ C("STLS"), BEFORE, FORM_NONE, pop3_stls, C("STLS"), can_start_tls },
	{ C("UTF8"), BEFORE, FORM_NONE, pop3_utf8, C("UTF8"), NULL },
	{ C("LANG"), ANY, FORM_ANY_TEXT, pop3_lang, C("LANG"), NULL },
	{ C("STAT"), INSIDE, FORM_NONE, pop3_stat, NONE, NULL },
	{ C("LIST"), INSIDE, FORM_ANY_MESSAGE, pop3_list, NONE, NULL },
	{ C("UIDL"), INSIDE, FORM_ANY_MESSAGE, pop3_uidl, C("UIDL"), NULL },
	{ C("RETR"), INSIDE, FORM_MESSAGE, pop3_retr, NONE, NULL },
	{ C("TOP"), INSIDE, FORM_MESSAGE_LINES, pop3_top, C("TOP"), NULL },
	{ C("DELE"), INSIDE, FORM_MESSAGE, pop3_dele, NONE, NULL },
	{ C("RSET"), INSIDE, FORM_NONE, pop3_rset, NONE, NULL },
	{ C("NOOP"), INSIDE, FORM_NONE, pop3_noop, NONE, NULL },
	{ C("QUIT"), ANY, FORM_NONE, pop3_quit, NONE, NULL },
};
const size_t pop3_ncommands = NELEM(pop3_commands);

static const struct pop3_command *
find_command(struct str keyword)
{
	for (size_t i = 0; i < pop3_ncommands; i++) {
		if (str_eqi(pop3_commands[i].keyword, keyword))
			return &pop3_commands[i];
	}
	return NULL;
}

struct answer
pop3_run(struct pop3_session *s, struct str line)
{
	const struct pop3_command *c;
	struct pop3_params params;
	struct pop3_line l;

	if (!pop3_line(line, &l) || !(c = find_command(l.keyword)))
		return BAD("Unknown command");
	if (!(c->states & s->state))
		return s->state == STATE_TRANSACTION ?
		    BAD("You are logged in already") : BAD("Log in first");
	if (!pop3_params(l.params, c->form, &params))
		return BAD("That is not what this command wants behind it");
	return c->run(s, &params);
}

/* CAPA                                                        RFC 2449 5 */
struct answer
pop3_capa(struct pop3_session *s, const struct pop3_params *p unused_arg)
{
	auto_buf b = BUF_INIT(4096);

	for (size_t i = 0; i < pop3_ncommands; i++) {
		const struct pop3_command *c = &pop3_commands[i];

		if (c->capability.n == 0 || (c->shown && !c->shown(s)))
			continue;
		buf_str(&b, c->capability);
		if (c->run == pop3_auth) {
			scram_put_offered(&b, STR(" "));
			sasl_put_others(s->d.stream, s->account.vault, &b,
			    STR(" "));
		}
		buf_lit(&b, "\r\n");
	}
	if (s->service->login_delay_s > 0)
		buf_printf(&b, "LOGIN-DELAY %u\r\n",
		    s->service->login_delay_s);
	bug_if(buf_failed(&b));
	pop3_begin_lines(s, STR("That is all I can"));
	(void)pop3_say(s, buf_get(&b));
	pop3_end_lines(s);
	return NO_ANSWER;
}
