#include "relay/note_words.h"

#include "base/timetext.h"
#include "relay/held_words.h"

/*
 * Each text says what happened, whether that is all right, and what to do if it
 * is not. Nothing of it is a link: mail that asks for a click is what people
 * are told to distrust.
 */

struct telling {
	struct buf *out;
	const struct note_item *item;
	const struct note_facts *facts;
	struct str hostname;
};

static void
put_size(struct buf *b, uint64_t octets)
{
	static const char units[] = "KMGT";
	uint64_t unit = 1024;
	size_t i = 0;

	while (i < 3 && octets >= unit * 1024) {
		unit *= 1024;
		i++;
	}
	if (octets / unit >= 10)
		buf_printf(b, "%llu %cB",
		    (unsigned long long)(octets / unit), units[i]);
	else
		buf_printf(b, "%llu.%llu %cB",
		    (unsigned long long)(octets / unit),
		    (unsigned long long)(octets % unit * 10 / unit), units[i]);
}

/* Who logs in says what a label is: it stays within its line. */
static void
put_safe(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_chr(b, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ?
		    ' ' : s.p[i]);
}

static void
put_row(struct telling *t, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_printf(t->out, "    %-9s ", name);
	put_safe(t->out, value);
	buf_chr(t->out, '\n');
}

static void
put_when(struct telling *t)
{
	auto_buf when = BUF_INIT(100);

	time_rfc5322(&when, t->item->at);
	put_row(t, "when:", buf_get(&when));
}

static void
put_services(struct telling *t)
{
	auto_buf b = BUF_INIT(100);

	for (uint32_t s = 1; s <= SERVICE_page; s *= 2)
		if (t->facts->services & s) {
			if (b.n > 0)
				buf_lit(&b, ", ");
			buf_str(&b, login_service_name(s));
		}
	put_row(t, "by:", buf_get(&b));
}

static void
put_what(struct telling *t)
{
	buf_lit(t->out, "\n\n");
	put_row(t, "account:", t->item->address);
	put_when(t);
	put_row(t, "from:", t->facts->by_operator ?
	    STR("whoever runs this server") : t->facts->peer);
	put_services(t);
	put_row(t, "program:", t->facts->label);
	buf_chr(t->out, '\n');
}

static void
put_not_you(struct telling *t)
{
	buf_lit(t->out,
	    "If it was you, there is nothing to do.\n\n"
	    "If it was not: somebody else may read your mail and write in "
	    "your\nname. Choose another password at once, at the page of "
	    "this server under\nSettings, and remove there every app password "
	    "that you do not know.\nWhere you cannot sign in any more, ask "
	    "whoever runs this server.\n");
}

static void
tell_login(struct telling *t)
{
	buf_lit(t->out, "Somebody logged in with your password from a network "
	    "that nobody used\nfor your account lately:");
	put_what(t);
	buf_lit(t->out, "This may be you in another place, or with another "
	    "provider.\n");
	put_not_you(t);
}

static void
tell_app_password(struct telling *t)
{
	buf_lit(t->out, "A new app password was made for your account. Who "
	    "has it can log in\nwithout your own password:");
	put_what(t);
	put_not_you(t);
}

static void
tell_password(struct telling *t)
{
	buf_lit(t->out, "The password of your account was changed. Programs "
	    "that have the old\none cannot log in any more; app passwords "
	    "stay as they are:");
	put_what(t);
	put_not_you(t);
}

static void
tell_factor(struct telling *t)
{
	buf_lit(t->out, "A second factor was set up for your account: who "
	    "signs in at the page with\nyour own password types a code as "
	    "well. Programs come in by app passwords\nonly:");
	put_what(t);
	put_not_you(t);
}

static void
tell_factor_off(struct telling *t)
{
	buf_lit(t->out, "The second factor of your account was taken off. "
	    "Your own password alone\nlets in who has it:");
	put_what(t);
	put_not_you(t);
}

static void
put_used(struct telling *t)
{
	put_size(t->out, t->facts->octets);
	buf_lit(t->out, " of the ");
	put_size(t->out, t->facts->most);
	buf_lit(t->out, " that it may have");
}

static void
tell_quota(struct telling *t)
{
	buf_lit(t->out, "Your account ");
	put_safe(t->out, t->item->address);
	buf_lit(t->out, " has\n");
	put_used(t);
	buf_lit(t->out, ".\nWhen there is no room left, mail to you is "
	    "refused, and who sent it is told so.\n\n"
	    "What makes room: delete large messages, and empty the folders "
	    "for junk and\nfor what was thrown away. A search for large "
	    "messages finds what counts most.\nOr ask whoever runs this "
	    "server for more.\n");
}

static void
tell_count(struct telling *t)
{
	bool messages = t->item->kind <= NOTE_messages_95;

	buf_lit(t->out, "Your account ");
	put_safe(t->out, t->item->address);
	buf_printf(t->out, " has\n%ju of the %ju %s that it may have.\n",
	    (uintmax_t)t->facts->octets, (uintmax_t)t->facts->most,
	    messages ? "messages" : "folders");
	if (messages)
		buf_lit(t->out, "When there are no more left, mail to you is "
		    "refused, and who sent it is told so.\n\n"
		    "What makes room: delete messages, and empty the folders "
		    "for junk and for what\nwas thrown away. ");
	else
		buf_lit(t->out, "When there are no more left, none can be "
		    "made; mail comes all the same.\n\n"
		    "What makes room: delete folders. ");
	buf_lit(t->out, "Or ask whoever runs this server for more.\n");
}

static void
tell_domain(struct telling *t)
{
	struct str to = t->item->to;

	buf_lit(t->out, "The accounts of the domain ");
	put_safe(t->out, str_from(to, str_rchr(to, '@') + 1));
	buf_lit(t->out, " together have\n");
	put_size(t->out, t->facts->octets);
	buf_lit(t->out, " of the ");
	put_size(t->out, t->facts->most);
	buf_lit(t->out, " that they may have.\nWhen there is no room left, "
	    "mail to all of them is refused, and who sent it is\ntold so.\n\n"
	    "postern account list shows who has how much; postern domain "
	    "quota gives the\ndomain more.\n");
}

/* Nothing, where all of it was let go or dropped meanwhile. */
static void
tell_held(struct telling *t)
{
	if (!held_words(t->out, t->item))
		buf_reset(t->out);
}

static void
put_too_many(struct telling *t)
{
	buf_printf(t->out, "more than %ju\n%s in a day", (uintmax_t)
	    t->facts->most, t->item->kind == NOTE_stopped_new ?
	    "addresses that it had never written to before" : "recipients");
}

static void
tell_stopped_owner(struct telling *t)
{
	buf_lit(t->out, "Your account cannot send mail any more. It was about "
	    "to write to ");
	put_too_many(t);
	buf_lit(t->out, ", which is more than it may:");
	put_what(t);
	buf_lit(t->out, "This is what happens when somebody else has a "
	    "password and sends spam with it.\nWhat still waited to leave is "
	    "held back. You can read your mail as always.\n\n"
	    "If you did not send this: choose another password at once, at "
	    "the page of this\nserver under Settings, and remove there every "
	    "app password that you do not know.\n\n"
	    "In both cases ask whoever runs this server to let you send "
	    "again.\n");
}

static void
tell_stopped_operator(struct telling *t)
{
	buf_lit(t->out, "An account of this domain was stopped: it may send "
	    "nothing. It was about to write to ");
	put_too_many(t);
	buf_lit(t->out, ", which is more than it may:");
	put_what(t);
	buf_lit(t->out, "Its mail in the queue is held, and its owner was "
	    "told. Does somebody else have\nits password? See from where it "
	    "was used, and what it sent:\n\n");
	buf_printf(t->out,
	    "    postern account logins %.*s\n"
	    "    postern queue list --held --sender %.*s\n\n"
	    "If so, a new password, and no app password that its owner does "
	    "not know:\n\n"
	    "    postern account passwd %.*s\n"
	    "    postern account app-password list %.*s\n\n"
	    "Then it may send again, without what is held or with it:\n\n"
	    "    postern account unlock %.*s --drop-queue\n"
	    "    postern account unlock %.*s\n\n"
	    "If all was well, it may have a higher limit:\n\n"
	    "    postern account limit %.*s --%s NUMBER\n",
	    STR_FMT(t->item->address), STR_FMT(t->item->address),
	    STR_FMT(t->item->address), STR_FMT(t->item->address),
	    STR_FMT(t->item->address), STR_FMT(t->item->address),
	    STR_FMT(t->item->address), t->item->kind == NOTE_stopped_new ?
		"new-recipients-per-day" : "recipients-per-day");
}

static void
tell_stopped(struct telling *t)
{
	if (t->item->to.n > 0)
		tell_stopped_operator(t);
	else
		tell_stopped_owner(t);
}

static const struct words {
	enum note_kind kind;
	const char *subject;
	void (*tell)(struct telling *t);
} words[] = {
	{ NOTE_quota_80, "Your mailbox is four fifths full", tell_quota },
	{ NOTE_quota_95, "Your mailbox is nearly full", tell_quota },
	{ NOTE_messages_80, "Your account has four fifths of its messages",
	    tell_count },
	{ NOTE_messages_95, "Your account has nearly all its messages",
	    tell_count },
	{ NOTE_mailboxes_80, "Your account has four fifths of its folders",
	    tell_count },
	{ NOTE_mailboxes_95, "Your account has nearly all its folders",
	    tell_count },
	{ NOTE_domain_80, "A domain is four fifths full", tell_domain },
	{ NOTE_domain_95, "A domain is nearly full", tell_domain },
	{ NOTE_login, "A login from a new network", tell_login },
	{ NOTE_app_password, "A new app password was made",
	    tell_app_password },
	{ NOTE_password, "Your password was changed", tell_password },
	{ NOTE_factor, "A second factor was set up", tell_factor },
	{ NOTE_factor_off, "The second factor was taken off",
	    tell_factor_off },
	{ NOTE_held, "Mail for you was held back", tell_held },
	{ NOTE_stopped_recipients, "Sending was stopped: too many recipients",
	    tell_stopped },
	{ NOTE_stopped_new, "Sending was stopped: too many new recipients",
	    tell_stopped },
};

bool
note_words(struct buf *subject, struct buf *text, const struct note_item *item,
    const struct note_facts *facts, struct str hostname)
{
	struct telling t = { text, item, facts, hostname };

	for (size_t i = 0; i < NELEM(words); i++) {
		if (words[i].kind != item->kind)
			continue;
		buf_str(subject, str_c(words[i].subject));
		words[i].tell(&t);
		if (text->n == 0)
			return true;
		buf_printf(text, "\nThis was written by the mail server %.*s "
		    "itself.\n", STR_FMT(hostname));
		return true;
	}
	return false;
}
