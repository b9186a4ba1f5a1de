/*
 * commands.c - every command there is, one row each.
 */
#include "imap/imap_int.h"
#include "mail/sasl_login.h"

enum { ANY = STATE_NOT_AUTH | STATE_AUTH | STATE_SELECTED,
	LOGGED_IN = STATE_AUTH | STATE_SELECTED,
	BY_NUMBER = ROW_NUMBERS | ROW_NO_EXPUNGE };

static bool
before_login(const struct imap_session *s)
{
	return s->state == STATE_NOT_AUTH;
}

static bool
can_start_tls(const struct imap_session *s)
{
	return before_login(s) && s->service->tls &&
	    dialogue_may_start_tls(&s->d);
}

static bool
can_authenticate(const struct imap_session *s)
{
	return before_login(s) && dialogue_may_log_in(&s->d);
}

/* RFC 3501 6.2.3: no password in clear. */
static bool
login_disabled(const struct imap_session *s)
{
	return before_login(s) && !dialogue_may_log_in(&s->d);
}

#define C(...) STR(__VA_ARGS__)
#define NONE { NULL, 0 }

const struct command_row imap_commands[] = {
	{ C("CAPABILITY"), 0, ANY, args_none, imap_capability,
	    C("IMAP4rev1 IMAP4rev2 LITERAL+"), NULL },
	{ C("NOOP"), 0, ANY, args_none, imap_noop, NONE, NULL },
	{ C("LOGOUT"), ROW_QUIET, ANY, args_none, imap_logout, NONE, NULL },
	{ C("ID"), 0, ANY, args_id, imap_id, C("ID"), NULL },
	{ C("LANGUAGE"), 0, ANY, args_words, imap_language, C("LANGUAGE"),
	    NULL },
	{ C("STARTTLS"), 0, STATE_NOT_AUTH, args_none, imap_starttls,
	    C("STARTTLS"), can_start_tls },
	{ C("LOGIN"), 0, STATE_NOT_AUTH, args_login, imap_login,
	    C("LOGINDISABLED"), login_disabled },
	{ C("AUTHENTICATE"), 0, STATE_NOT_AUTH, args_authenticate,
	    imap_authenticate, C("SASL-IR AUTH=PLAIN"), can_authenticate },
	{ C("UNAUTHENTICATE"), ROW_QUIET, LOGGED_IN, args_none,
	    imap_unauthenticate, C("UNAUTHENTICATE"),
	    imap_may_unauthenticate },
	{ C("ENABLE"), 0, LOGGED_IN, args_enable, imap_enable,
	    C("ENABLE CONDSTORE QRESYNC UTF8=ACCEPT UIDONLY"), NULL },
	{ C("COMPARATOR"), 0, LOGGED_IN, args_words, imap_comparator,
	    C("I18NLEVEL=2"), NULL },
	{ C("COMPRESS"), 0, LOGGED_IN, args_atom, imap_compress,
	    C("COMPRESS=DEFLATE"), NULL },
	{ C("NAMESPACE"), 0, LOGGED_IN, args_none, imap_namespace,
	    C("NAMESPACE"), NULL },
	{ C("CREATE"), 0, LOGGED_IN, args_create, imap_create,
	    C("CREATE-SPECIAL-USE"), NULL },
	{ C("DELETE"), 0, LOGGED_IN, args_mailbox, imap_delete, NONE, NULL },
	{ C("RENAME"), 0, LOGGED_IN, args_rename, imap_rename, NONE, NULL },
	{ C("SUBSCRIBE"), 0, LOGGED_IN, args_mailbox, imap_subscribe, NONE,
	    NULL },
	{ C("UNSUBSCRIBE"), 0, LOGGED_IN, args_mailbox, imap_unsubscribe,
	    NONE, NULL },
	{ C("LIST"), 0, LOGGED_IN, args_list, imap_list,
	    C("CHILDREN SPECIAL-USE LIST-EXTENDED LIST-STATUS LIST-METADATA "
	    "LIST-MYRIGHTS"),
	    NULL },
	{ C("LSUB"), 0, LOGGED_IN, args_lsub, imap_lsub, NONE, NULL },
	{ C("STATUS"), 0, LOGGED_IN, args_status, imap_status,
	    C("STATUS=SIZE"), NULL },
	{ C("GETQUOTA"), 0, LOGGED_IN, args_getquota, imap_getquota,
	    C("QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE "
	    "QUOTA=RES-MAILBOX"), NULL },
	{ C("GETQUOTAROOT"), 0, LOGGED_IN, args_mailbox, imap_getquotaroot,
	    NONE, NULL },
	{ C("SETQUOTA"), 0, LOGGED_IN, args_setquota, imap_setquota, NONE,
	    NULL },
	{ C("GETMETADATA"), 0, LOGGED_IN, args_getmetadata, imap_getmetadata,
	    C("METADATA"), NULL },
	{ C("SETMETADATA"), 0, LOGGED_IN, args_setmetadata, imap_setmetadata,
	    NONE, NULL },
	{ C("SETACL"), 0, LOGGED_IN, args_setacl, imap_setacl,
	    C("ACL RIGHTS=kxte"), NULL },
	{ C("DELETEACL"), 0, LOGGED_IN, args_deleteacl, imap_deleteacl, NONE,
	    NULL },
	{ C("GETACL"), 0, LOGGED_IN, args_mailbox, imap_getacl, NONE, NULL },
	{ C("LISTRIGHTS"), 0, LOGGED_IN, args_deleteacl, imap_listrights,
	    NONE, NULL },
	{ C("MYRIGHTS"), 0, LOGGED_IN, args_mailbox, imap_myrights, NONE,
	    NULL },
	{ C("RESETKEY"), 0, LOGGED_IN, args_resetkey, imap_resetkey,
	    C("URLAUTH URL-PARTIAL"), NULL },
	{ C("GENURLAUTH"), 0, LOGGED_IN, args_genurlauth, imap_genurlauth,
	    NONE, NULL },
	{ C("URLFETCH"), 0, LOGGED_IN, args_urlfetch, imap_urlfetch, NONE,
	    NULL },
	{ C("SELECT"), ROW_QUIET, LOGGED_IN, args_select, imap_select, NONE,
	    NULL },
	{ C("EXAMINE"), ROW_QUIET, LOGGED_IN, args_select, imap_examine, NONE,
	    NULL },
	{ C("APPEND"), 0, LOGGED_IN, args_append, imap_append,
	    C("MULTIAPPEND BINARY CATENATE"), NULL },
	{ C("REPLACE"), ROW_NUMBERS | ROW_TELLS, STATE_SELECTED,
	    args_replace, imap_replace, C("REPLACE"), NULL },
	{ C("REPLACE"), ROW_UID | ROW_TELLS, STATE_SELECTED, args_replace,
	    imap_replace, NONE, NULL },
	{ C("IDLE"), 0, LOGGED_IN, args_none, imap_idle, C("IDLE"), NULL },
	{ C("NOTIFY"), 0, LOGGED_IN, args_notify, imap_notify, C("NOTIFY"),
	    NULL },
	{ C("CHECK"), 0, STATE_SELECTED, args_none, imap_check, NONE, NULL },
	{ C("CLOSE"), ROW_QUIET, STATE_SELECTED, args_none, imap_close, NONE,
	    NULL },
	{ C("UNSELECT"), ROW_QUIET, STATE_SELECTED, args_none, imap_unselect,
	    C("UNSELECT"), NULL },
	{ C("EXPUNGE"), ROW_TELLS, STATE_SELECTED, args_none, imap_expunge,
	    NONE, NULL },
	{ C("SEARCH"), BY_NUMBER, STATE_SELECTED, args_search,
	    imap_search,
	    C("ESEARCH SEARCHRES WITHIN PARTIAL INPROGRESS FILTERS "
	    "SEARCH=FUZZY"), NULL },
	{ C("SEARCH"), ROW_UID, STATE_SELECTED, args_search, imap_search,
	    NONE, NULL },
	{ C("CANCELUPDATE"), 0, STATE_SELECTED, args_words,
	    imap_cancelupdate, C("CONTEXT=SEARCH"), NULL },
	{ C("ESEARCH"), 0, LOGGED_IN, args_esearch, imap_esearch,
	    C("MULTISEARCH"), NULL },
	{ C("SORT"), BY_NUMBER, STATE_SELECTED, args_sort, imap_sort,
	    C("SORT SORT=DISPLAY ESORT CONTEXT=SORT"), NULL },
	{ C("SORT"), ROW_UID, STATE_SELECTED, args_sort, imap_sort, NONE,
	    NULL },
	{ C("THREAD"), BY_NUMBER, STATE_SELECTED, args_thread,
	    imap_thread,
	    C("THREAD=ORDEREDSUBJECT THREAD=REFERENCES THREAD=REFS"), NULL },
	{ C("THREAD"), ROW_UID, STATE_SELECTED, args_thread, imap_thread,
	    NONE, NULL },
	{ C("FETCH"), BY_NUMBER, STATE_SELECTED, args_fetch, imap_fetch,
	    C("OBJECTID PREVIEW SAVEDATE"), NULL },
	{ C("STORE"), BY_NUMBER, STATE_SELECTED, args_store, imap_store,
	    NONE, NULL },
	{ C("FETCH"), ROW_UID, STATE_SELECTED, args_fetch, imap_fetch, NONE,
	    NULL },
	{ C("STORE"), ROW_UID, STATE_SELECTED, args_store, imap_store, NONE,
	    NULL },
	{ C("COPY"), ROW_NUMBERS, STATE_SELECTED, args_copy, imap_copy, NONE,
	    NULL },
	{ C("COPY"), ROW_UID, STATE_SELECTED, args_copy, imap_copy, NONE,
	    NULL },
	{ C("MOVE"), ROW_NUMBERS | ROW_TELLS, STATE_SELECTED, args_copy,
	    imap_move, C("MOVE"), NULL },
	{ C("MOVE"), ROW_UID | ROW_TELLS, STATE_SELECTED, args_copy,
	    imap_move, NONE, NULL },
	{ C("EXPUNGE"), ROW_UID | ROW_TELLS, STATE_SELECTED, args_uid_expunge,
	    imap_uid_expunge, C("UIDPLUS"), NULL },
};
const size_t imap_ncommands = NELEM(imap_commands);

void
imap_put_capabilities(const struct imap_session *s, struct buf *b)
{
	buf_lit(b, "CAPABILITY");
	for (size_t i = 0; i < imap_ncommands; i++) {
		const struct command_row *row = &imap_commands[i];

		if (row->capability.n == 0 || (row->shown && !row->shown(s)))
			continue;
		buf_chr(b, ' ');
		buf_str(b, row->capability);
		if (row->run != imap_authenticate)
			continue;
		scram_put_offered(b, STR(" AUTH="));
		sasl_put_others(s->d.stream, s->account.vault, b,
		    STR(" AUTH="));
	}
	/* The one stands for the other.                        RFC 9738 3 */
	if (s->service->message_limit)
		buf_printf(b, " MESSAGELIMIT=%u", s->service->message_limit);
	else
		buf_lit(b, " SAVELIMIT=10000");
	/* The same for all mailboxes.                          RFC 7889 2 */
	buf_printf(b, " APPENDLIMIT=%ju", (uintmax_t)s->service->max_message);
}

struct str
imap_capability_code(struct imap_session *s)
{
	auto_buf b = BUF_INIT(4096);

	imap_put_capabilities(s, &b);
	return str_dup(s->cmd, buf_get(&b));
}

/* Why a command may not come in this state. */
static struct answer
wrong_state(const struct imap_session *s, const struct command_row *row)
{
	if (s->state == STATE_NOT_AUTH)
		return BAD("Log in first");
	if (row->states & STATE_SELECTED)
		return BAD("Select a mailbox first");
	return BAD("You are logged in already");
}

/* command = tag SP command-name ...; *why says what is wrong with it. */
static const struct command_row *
find_command(struct scan *scan, struct str *tag, const char **why)
{
	struct str name;
	bool uid;

	*tag = scan_tag(scan);
	/* "a+b" is no tag, and "a" is not what the client called it. */
	if (rd_peek(&scan->r) != ' ' && rd_left(&scan->r) > 0)
		*tag = STR_NULL;
	scan_sp(scan);
	uid = scan_opt_text(scan, STR("UID "));
	name = scan_atom(scan);
	*why = scan->want;
	if (!scan_ok(scan))
		return NULL;
	for (size_t i = 0; i < imap_ncommands; i++) {
		const struct command_row *row = &imap_commands[i];

		if (!!(row->flags & ROW_UID) == uid &&
		    str_eqi(row->name, name))
			return row;
	}
	*why = "unknown command";
	return NULL;
}

static struct answer
refuse_syntax(struct imap_session *s, const char *why)
{
	struct answer a = { ANSWER_BAD, STR_NULL,
		arena_printf(s->cmd, "Syntax: %s", why) };

	return imap_refuse_message(s, a);
}

/* RFC 5530 3: a bound of the server's is not the client's mistake. */
static struct answer
refuse_arguments(struct imap_session *s, const struct scan *scan)
{
	struct answer a = { ANSWER_NO, STR("LIMIT"), str_c(scan->want) };

	return scan->limit ? imap_refuse_message(s, a)
			   : refuse_syntax(s, scan->want);
}

struct answer
imap_run(struct imap_session *s, struct str *tag, uint32_t *flags)
{
	struct scan scan = scan_of(buf_get(&s->gather.text), s->cmd);
	struct imap_command c = { 0 };
	const char *why;

	scan.utf8 = imap_utf8(s);
	c.row = find_command(&scan, tag, &why);
	if (!c.row)
		return refuse_syntax(s, why);
	if (c.row->run != imap_append)
		imap_settle_appends(s);
	c.tag = *tag;
	c.as_sent = scan.as_sent;
	*flags = c.row->flags;
	if (!(c.row->states & s->state))
		return imap_refuse_message(s, wrong_state(s, c.row));
	if (c.row->flags & ROW_NUMBERS && imap_uids_only(s))
		return imap_refuse_message(s, UID_REQUIRED);
	c.row->parse(&scan, &c.args);
	if (!scan_ok(&scan))
		return refuse_arguments(s, &scan);
	return c.row->run(s, &c);
}
