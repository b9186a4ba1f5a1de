#include "imap/grammar/args.h"

void
args_none(struct scan *s, union args *out unused_arg)
{
	scan_end(s);
}

/* login = "LOGIN" SP userid SP password */
void
args_login(struct scan *s, union args *out)
{
	scan_sp(s);
	out->login.user = scan_astring(s);
	scan_sp(s);
	out->login.password = scan_astring(s);
	scan_end(s);
}

static bool
is_base64_char(char c)
{
	return ascii_is_alnum(c) || c == '+' || c == '/' || c == '=';
}

/* "AUTHENTICATE" SP auth-type [SP (base64 / "=")]         RFC 4959 3 */
void
args_authenticate(struct scan *s, union args *out)
{
	struct authenticate_args *a = &out->authenticate;

	scan_sp(s);
	a->mechanism = scan_atom(s);
	if (scan_opt(s, ' ')) {
		a->initial = true;
		a->response = rd_while(&s->r, is_base64_char);
		if (a->response.n == 0)
			scan_fail(s, "expected an initial response");
	}
	scan_end(s);
}

void
args_mailbox(struct scan *s, union args *out)
{
	scan_sp(s);
	out->word = scan_mailbox(s);
	scan_end(s);
}

void
args_atom(struct scan *s, union args *out)
{
	scan_sp(s);
	out->word = scan_atom(s);
	scan_end(s);
}

/* getquota = "GETQUOTA" SP astring                         RFC 9208 7 */
void
args_getquota(struct scan *s, union args *out)
{
	scan_sp(s);
	out->word = scan_astring(s);
	scan_end(s);
}

/* setquota = "SETQUOTA" SP astring SP "(" [setquota-resource
 *   *(SP setquota-resource)] ")"; setquota-resource = atom SP number64 */
void
args_setquota(struct scan *s, union args *out)
{
	scan_sp(s);
	out->word = scan_astring(s);
	scan_sp(s);
	scan_need(s, '(', "expected a list of limits");
	if (!scan_opt(s, ')')) {
		do {
			(void)scan_atom(s);
			scan_sp(s);
			(void)scan_number64(s);
		} while (scan_ok(s) && scan_opt(s, ' '));
		scan_need(s, ')', "expected the end of the limits");
	}
	scan_end(s);
}

void
args_getmetadata(struct scan *s, union args *out)
{
	scan_getmetadata(s, &out->getmetadata);
}

void
args_setmetadata(struct scan *s, union args *out)
{
	scan_setmetadata(s, &out->setmetadata);
}

/* SP mailbox SP identifier; identifier = astring                RFC 4314 7 */
static void
scan_identified(struct scan *s, union args *out)
{
	scan_sp(s);
	out->acl.mailbox = scan_mailbox(s);
	scan_sp(s);
	out->acl.identifier = scan_astring(s);
}

/* deleteacl = "DELETEACL" SP mailbox SP identifier */
void
args_deleteacl(struct scan *s, union args *out)
{
	scan_identified(s, out);
	scan_end(s);
}

/* setacl = "SETACL" SP mailbox SP identifier SP mod-rights */
void
args_setacl(struct scan *s, union args *out)
{
	scan_identified(s, out);
	scan_sp(s);
	out->acl.rights = scan_astring(s);
	scan_end(s);
}

/* rename = "RENAME" SP mailbox SP mailbox */
void
args_rename(struct scan *s, union args *out)
{
	scan_sp(s);
	out->rename.from = scan_mailbox(s);
	scan_sp(s);
	out->rename.to = scan_mailbox(s);
	scan_end(s);
}

/* use-attr = "\" atom */
static void
add_use(struct scan *s, struct create_args *a)
{
	const char *start = s->r.p;

	scan_need(s, '\\', "expected a special-use attribute");
	(void)scan_atom(s);
	if (a->nuse == USES_MAX)
		scan_over(s, "Too many special-use attributes");
	if (scan_ok(s))
		a->use[a->nuse++] = str_make(start,
		    (size_t)(s->r.p - start));
}

/* "CREATE" SP mailbox [SP "(" "USE" SP "(" [use-attr *(SP use-attr)] "))"]
 *                                                         RFC 6154 6 */
void
args_create(struct scan *s, union args *out)
{
	struct create_args *a = &out->create;

	scan_sp(s);
	a->mailbox = scan_mailbox(s);
	if (scan_opt_text(s, STR(" (USE ("))) {
		while (scan_ok(s) && !scan_opt(s, ')')) {
			if (a->nuse)
				scan_sp(s);
			add_use(s, a);
		}
		scan_need(s, ')', "not a well-formed USE parameter");
	}
	scan_end(s);
}

/* "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids]
 *   [SP "(" known-sequence-set SP known-uid-set ")"] ")"   RFC 7162 7 */
static void
qresync_param(struct scan *s, struct select_args *a)
{
	scan_sp(s);
	scan_need(s, '(', "not a well-formed QRESYNC parameter");
	a->qresync = true;
	a->uidvalidity = scan_nz_number(s);
	scan_sp(s);
	a->modseq = scan_modseq(s);
	if (scan_opt_text(s, STR(" ("))) {
		a->seq_match = scan_uid_set(s);
		scan_sp(s);
		a->uid_match = scan_uid_set(s);
		scan_need(s, ')', "not a well-formed QRESYNC parameter");
	} else if (scan_opt(s, ' ')) {
		a->uids = scan_uid_set(s);
		if (scan_opt_text(s, STR(" ("))) {
			a->seq_match = scan_uid_set(s);
			scan_sp(s);
			a->uid_match = scan_uid_set(s);
			scan_need(s, ')',
			    "not a well-formed QRESYNC parameter");
		}
	}
	scan_need(s, ')', "not a well-formed QRESYNC parameter");
}

/* select = "SELECT" SP mailbox [SP "(" select-param *(SP select-param) ")"] */
void
args_select(struct scan *s, union args *out)
{
	static const struct word params[] = {
		{ STR("CONDSTORE"), 0 },
		{ STR("QRESYNC"), 1 },
	};
	struct select_args *a = &out->select;

	scan_sp(s);
	a->mailbox = scan_mailbox(s);
	if (scan_opt_text(s, STR(" ("))) {
		do {
			int p = scan_word(s, params, NELEM(params),
			    "no such parameter");

			a->condstore |= p == 0;
			if (p == 1)
				qresync_param(s, a);
		} while (scan_opt(s, ' '));
		scan_need(s, ')', "expected the end of the parameters");
	}
	scan_end(s);
}

/* "(" status-att *(SP status-att) ")" */
static uint32_t
status_items(struct scan *s)
{
	static const struct word items[] = {
		{ STR("MESSAGES"), STATUS_MESSAGES },
		{ STR("RECENT"), STATUS_RECENT },
		{ STR("UIDNEXT"), STATUS_UIDNEXT },
		{ STR("UIDVALIDITY"), STATUS_UIDVALIDITY },
		{ STR("UNSEEN"), STATUS_UNSEEN },
		{ STR("DELETED"), STATUS_DELETED },
		{ STR("SIZE"), STATUS_SIZE },
		{ STR("HIGHESTMODSEQ"), STATUS_HIGHESTMODSEQ },
		{ STR("APPENDLIMIT"), STATUS_APPENDLIMIT },
		{ STR("MAILBOXID"), STATUS_MAILBOXID },
		{ STR("DELETED-STORAGE"), STATUS_DELETED_STORAGE },
	};
	uint32_t set = 0;

	scan_need(s, '(', "expected a list of status items");
	do {
		int item = scan_word(s, items, NELEM(items),
		    "no such status item");

		set |= item > 0 ? (uint32_t)item : 0;
	} while (scan_opt(s, ' '));
	scan_need(s, ')', "expected the end of the status items");
	return set;
}

void
args_status(struct scan *s, union args *out)
{
	scan_sp(s);
	out->status.mailbox = scan_mailbox(s);
	scan_sp(s);
	out->status.items = status_items(s);
	scan_end(s);
}

/* "(" [option *(SP option)] ")" of either kind */
static void
list_options(struct scan *s, struct list_args *a, const struct word *w,
    size_t n)
{
	a->extended = true;
	if (scan_opt(s, ')'))
		return;
	do {
		int o = scan_word(s, w, n, "no such list option");

		a->options |= o > 0 ? (uint32_t)o : 0;
		if (o == LIST_WANT_STATUS) {
			scan_sp(s);
			a->status = status_items(s);
		}
		if (o == LIST_WANT_METADATA) {
			scan_sp(s);
			a->metadata = scan_metadata_names(s);
		}
	} while (scan_opt(s, ' '));
	scan_need(s, ')', "expected the end of the list options");
}

static void
add_pattern(struct scan *s, struct list_args *a)
{
	if (a->npattern == PATTERNS_MAX) {
		scan_over(s, "Too many mailbox patterns");
		return;
	}
	a->pattern[a->npattern++] = scan_list_mailbox(s);
}

/* mbox-or-pat = list-mailbox / "(" list-mailbox *(SP list-mailbox) ")" */
static void
list_patterns(struct scan *s, struct list_args *a)
{
	a->pattern = arena_array(s->a, PATTERNS_MAX, sizeof(*a->pattern));
	if (!scan_opt(s, '(')) {
		add_pattern(s, a);
		return;
	}
	a->extended = true;
	do
		add_pattern(s, a);
	while (scan_ok(s) && scan_opt(s, ' '));
	scan_need(s, ')', "expected the end of the patterns");
}

/* "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat
 *   [SP list-return-opts]                                  RFC 5258 6 */
void
args_list(struct scan *s, union args *out)
{
	static const struct word select[] = {
		{ STR("SUBSCRIBED"), LIST_SUBSCRIBED },
		{ STR("REMOTE"), LIST_REMOTE },
		{ STR("RECURSIVEMATCH"), LIST_RECURSIVEMATCH },
		{ STR("SPECIAL-USE"), LIST_SPECIAL_USE },
	};
	static const struct word want[] = {
		{ STR("SUBSCRIBED"), LIST_WANT_SUBSCRIBED },
		{ STR("CHILDREN"), LIST_WANT_CHILDREN },
		{ STR("SPECIAL-USE"), LIST_WANT_SPECIAL_USE },
		{ STR("STATUS"), LIST_WANT_STATUS },
		{ STR("MYRIGHTS"), LIST_WANT_MYRIGHTS },
		{ STR("METADATA"), LIST_WANT_METADATA },
	};
	struct list_args *a = &out->list;

	scan_sp(s);
	if (scan_opt(s, '(')) {
		list_options(s, a, select, NELEM(select));
		scan_sp(s);
	}
	a->reference = scan_mailbox(s);
	scan_sp(s);
	list_patterns(s, a);
	if (scan_opt_text(s, STR(" RETURN"))) {
		scan_sp(s);
		scan_need(s, '(', "expected the return options");
		list_options(s, a, want, NELEM(want));
	}
	scan_end(s);
}

/* lsub = "LSUB" SP mailbox SP list-mailbox */
void
args_lsub(struct scan *s, union args *out)
{
	struct list_args *a = &out->list;

	scan_sp(s);
	a->reference = scan_mailbox(s);
	scan_sp(s);
	a->pattern = arena_array(s->a, PATTERNS_MAX, sizeof(*a->pattern));
	add_pattern(s, a);
	scan_end(s);
}

/* id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)
 *                                                         RFC 2971 4 */
void
args_id(struct scan *s, union args *out)
{
	struct id_args *a = &out->id;

	scan_sp(s);
	if (scan_opt_text(s, STR("NIL"))) {
		scan_end(s);
		return;
	}
	scan_need(s, '(', "expected a list or NIL");
	while (scan_ok(s) && !scan_opt(s, ')')) {
		if (a->n == ID_MAX) {
			scan_fail(s, "more than 30 fields");
			return;
		}
		if (a->n)
			scan_sp(s);
		a->name[a->n] = scan_string(s);
		scan_sp(s);
		a->value[a->n] = scan_nstring(s);
		a->n++;
	}
	scan_end(s);
}

/* enable = "ENABLE" 1*(SP capability)                     RFC 5161 4 */
void
args_enable(struct scan *s, union args *out)
{
	struct enable_args *a = &out->enable;

	scan_sp(s);
	do {
		if (a->n == ENABLE_MAX) {
			scan_over(s, "Too many capabilities");
			return;
		}
		a->name[a->n++] = scan_atom(s);
	} while (scan_opt(s, ' '));
	scan_end(s);
}

/* language-cmd = "LANGUAGE" *(SP astring)                 RFC 5255 3.5 */
void
args_words(struct scan *s, union args *out)
{
	struct words_args *a = &out->words;

	while (scan_opt(s, ' ')) {
		if (a->n == WORDS_MAX) {
			scan_over(s, "Too many words");
			return;
		}
		a->word[a->n++] = scan_astring(s);
	}
	scan_end(s);
}

void
args_notify(struct scan *s, union args *out)
{
	scan_notify(s, &out->notify);
}
