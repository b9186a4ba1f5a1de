#include "admin/explain.h"

#include <stdio.h>

#include "admin/journal_rows.h"
#include "admin/queue_rows.h"
#include "admin/table.h"

enum { FINDINGS_MAX = 40, ADVICE_MAX = 8, VERDICT_AT_MOST = 24 };

/* What was found, in the words of the verdict, and what that means. */
struct finding {
	struct str what, found, says;
};
struct advice {
	struct str command;
	const char *does;
};
struct explained {
	struct arena *a;
	struct finding finding[FINDINGS_MAX];
	size_t n;
	uint64_t left_out;
	struct advice advice[ADVICE_MAX];
	size_t nadvice;
	/* What decided, of what a verdict has; empty: nothing. */
	struct str rule, subject, owner, list, greylist, dmarc, list_says;
};

/* ---- words of a verdict -------------------------------------------------- */

/* In the order in which they are looked at: smtp/judge.c, policy/policy.c. */
static const struct {
	const char *what, *found, *says;
} meanings[] = {
	{ "spf", "pass", "its host may send mail of the domain in MAIL FROM" },
	{ "spf", "fail", "the domain in MAIL FROM says that this host may not "
	    "send its mail" },
	{ "spf", "softfail", "the domain in MAIL FROM says that this host "
	    "probably may not send its mail" },
	{ "spf", "neutral", "the domain in MAIL FROM leaves open whether this "
	    "host may send its mail" },
	{ "spf", "none", "the domain in MAIL FROM does not say which hosts "
	    "send its mail" },
	{ "spf", "permerror", "what the domain in MAIL FROM says of its hosts "
	    "makes no sense" },
	{ "spf", "temperror", "DNS could not say which hosts send mail of the "
	    "domain in MAIL FROM" },
	{ "dkim", "pass", "a domain has signed it, and nothing was changed "
	    "since" },
	{ "dkim", "fail", "it is signed, and was changed on its way, or the "
	    "signature is forged" },
	{ "dkim", "none", "nobody has signed it" },
	{ "dkim", "policy", "its signature is too weak to prove anything" },
	{ "dkim", "permerror", "its signature makes no sense, or its key is "
	    "gone" },
	{ "dkim", "temperror", "DNS could not say which key signed it" },
	{ "dkim", "neutral", "its signature proves nothing" },
	{ "dmarc", "pass", "it is of the domain in From" },
	{ "dmarc", "fail", "nothing proves that it is of the domain in From" },
	{ "dmarc", "none", "the domain in From does not say how its mail can "
	    "be known" },
	{ "dmarc", "permerror", "From does not say whose it is" },
	{ "dmarc", "temperror", "DNS could not say what the domain in From "
	    "wants" },
	{ "arc", "pass", "the chain of those who sent it on is whole" },
	{ "arc", "fail", "the chain of those who sent it on is broken, and "
	    "proves nothing" },
	{ "mailing-list", "trusted", "a list of one of list-trusted sent it "
	    "on, and is proven to be it" },
	{ "iprev", "pass", "its host has a name that leads back to it" },
	{ "iprev", "fail", "the name of its host does not lead back to it" },
	{ "iprev", "permerror", "its host has no name" },
	{ "iprev", "temperror", "DNS could not say the name of its host" },
	{ "list", "refuse", "a list refuses its sender" },
	{ "list", "junk", "a list says that it is junk" },
	{ "list", "hold", "a list has it kept apart" },
	{ "list", "allow", "a list vouches for its sender" },
	{ "list", "refuses-us", "a list does not answer this server: postern "
	    "lists says more" },
	{ "list", "unknown", "a list gave no answer, and was passed over" },
	{ "attachments", "refuse", "files of that kind are refused" },
	{ "attachments", "hold", "files of that kind are kept apart" },
	{ "attachments", "junk", "files of that kind go into Junk" },
	{ "rule", "allow", "the operator lets it in whatever else is found" },
	{ "rule", "block", "the operator refuses it" },
	{ "rule", "junk", "the operator wants it in Junk" },
	{ "rule", "hold", "the operator wants it kept apart" },
	{ "rule", "unknown", "the rules could not be looked at, and it went "
	    "on without" },
	{ "greylist", "pass", "it need not come again" },
	{ "greylist", "wait", "nobody here knows the sender yet: it is to "
	    "come again" },
	{ "domain-rate", "wait", "its domain has sent as much as it may "
	    "within an hour: it is to come again" },
	{ "report", "read", "it is a report of others about a domain here, "
	    "and what is in it is kept" },
	{ "report", "none", "it came to where reports go, and is none that "
	    "can be read" },
};

/* Of a score: policy/score.h. */
static const struct {
	const char *word, *says;
} points[] = {
	{ "unproven", "neither SPF nor DKIM proves any domain" },
	{ "spf-fail", "the domain in MAIL FROM does not send from there" },
	{ "spf-softfail", "the domain in MAIL FROM hardly sends from there" },
	{ "dmarc-fail", "nothing proves the domain in From" },
	{ "vouched", "one of arc-trusted has seen it proven, or one of "
	    "list-trusted sent it on" },
	{ "helo-ours", "in HELO it called itself by the name of this server" },
	{ "helo-address", "in HELO it said an address that is not its own" },
	{ "helo-no-name", "in HELO it said no full name of a host" },
	{ "hasty", "it did not wait for the answer to EHLO" },
	{ "correspondent", "a recipient has written to its author" },
	{ "like-known", "its domain is none that a recipient writes to, and "
	    "looks like one" },
	{ "answer", "it answers mail that a recipient sent" },
	{ "answered", "its author has answered mail of a recipient before" },
	{ "known-domain", "mail of its domain was taken before" },
	{ "name-address", "the name in From shows another address" },
	{ "name-turned", "the name in From has marks that turn text round" },
	{ "look-alike", "a name looks like one of ours and is another" },
	{ "mixed-script", "a name has letters of two scripts that look alike" },
	{ "reply-elsewhere", "answers go to somebody else's domain" },
	{ "link-text", "a link shows one place and leads to another" },
	{ "link-number", "a link leads to a number, not to a name" },
	{ "link-user", "a link shows a name in front of an @ that is no host" },
	{ "program", "it brings a program" },
	{ "script", "it brings a script that a click runs" },
	{ "disk-image", "it brings an image of a disk" },
	{ "macros", "it brings a document with programs in it" },
	{ "encrypted", "it brings something that nobody can look into" },
	{ "false-name", "it brings a file whose name hides what it is" },
	{ "virus", "ClamAV knows what it carries" },
	{ "rspamd", "what rspamd makes of it" },
	{ "clamav-away", "ClamAV gave no answer" },
	{ "rspamd-away", "rspamd gave no answer" },
	{ "not-scanned", "no other program was shown it" },
	{ "known-network", "mail from its network was taken before" },
};

static void
explained_add(struct explained *x, struct str what, struct str found,
    struct str says)
{
	if (x->n == FINDINGS_MAX) {
		x->left_out++;
		return;
	}
	x->finding[x->n++] = (struct finding){ what, found, says };
}

struct item {
	struct str key, word, comment;
};

/* The next "key=word (comment)". Words of others are in comments only, and
 * these have no ") " (smtp/judge.c). */
static bool
next_item(struct str *rest, struct item *out)
{
	struct str s = str_trim(*rest);
	size_t end;

	*out = (struct item){ 0 };
	if (!str_cut(s, '=', &out->key, &s))
		return false;
	end = str_chr(s, ' ');
	out->word = str_first(s, end);
	s = str_trim(str_from(s, end));
	if (s.n > 0 && s.p[0] == '(') {
		end = str_find(s, STR(") "));
		out->comment = str_trim(str_from(str_first(s, end), 1));
		if (end == s.n && out->comment.n > 0)
			out->comment.n--;
		s = str_from(s, end + 1);
	}
	*rest = s;
	return true;
}

static struct str
meaning_of(struct explained *x, const struct item *i)
{
	const char *says = "";

	for (size_t k = 0; k < NELEM(meanings); k++)
		if (str_eq(i->key, str_c(meanings[k].what)) &&
		    str_eq(i->word, str_c(meanings[k].found)))
			says = meanings[k].says;
	if (i->comment.n == 0)
		return str_c(says);
	return arena_printf(x->a, "%s%s%.*s", says, *says ? ": " : "",
	    STR_FMT(i->comment));
}

/* "word points: why, word points" */
static void
explain_score(struct explained *x, const struct item *score)
{
	struct str rest = score->comment, one, word, found;

	explained_add(x, score->key, score->word, STR("points, of which:"));
	while (rest.n > 0) {
		const char *says = "";

		str_cut(rest, ',', &one, &rest);
		str_cut(str_trim(one), ' ', &word, &found);
		for (size_t i = 0; i < NELEM(points); i++)
			if (str_eq(word, str_c(points[i].word)))
				says = points[i].says;
		explained_add(x, word, str_first(found, str_chr(found, ':')),
		    arena_printf(x->a, "%s%.*s", says, STR_FMT(str_from(found,
			str_chr(found, ':')))));
	}
}

/* "bad.example, of alice@example.org": policy/policy.c. */
static void
read_rule(struct explained *x, struct str comment)
{
	struct str of = STR(", of ");
	size_t n = str_find(comment, of);

	x->subject = str_first(comment, n);
	x->owner = n < comment.n ? str_from(comment, n + of.n) : STR_NULL;
}

/* One that is not the operator's. */
static void
explain_owned(struct explained *x, const struct item *i)
{
	static const struct {
		const char *word, *does;
	} t[] = { { "allow", "lets it in whatever else is found" },
		{ "block", "refuses it" }, { "junk", "wants it in Junk" },
		{ "hold", "wants it kept apart" } };
	const char *does = "decides";

	for (size_t k = 0; k < NELEM(t); k++)
		if (str_eq(i->word, str_c(t[k].word)))
			does = t[k].does;
	explained_add(x, i->key, i->word, arena_printf(x->a, "a rule of %.*s "
	    "%s: %.*s", STR_FMT(x->owner), does, STR_FMT(x->subject)));
}

/* dkim= is followed by what DMARC found: that comment is its. */
static void
explain_verdict(struct explained *x, struct str verdict)
{
	struct str dkim_comment = STR_NULL;
	struct item i;
	size_t dmarc = FINDINGS_MAX, n = 0;

	while (n++ < VERDICT_AT_MOST && next_item(&verdict, &i)) {
		if (str_eq(i.key, STR("dkim"))) {
			dkim_comment = i.comment;
			i.comment = STR_NULL;
		} else if (str_eq(i.key, STR("dmarc"))) {
			dmarc = x->n;
			x->dmarc = i.word;
		} else if (str_eq(i.key, STR("rule"))) {
			x->rule = i.word;
			read_rule(x, i.comment);
		} else if (str_eq(i.key, STR("list"))) {
			x->list = i.word;
		} else if (str_eq(i.key, STR("greylist"))) {
			x->greylist = i.word;
		}
		if (str_eq(i.key, STR("score")))
			explain_score(x, &i);
		else if (str_eq(i.key, STR("rule")) && x->owner.n > 0)
			explain_owned(x, &i);
		else
			explained_add(x, i.key, i.word, meaning_of(x, &i));
	}
	if (dmarc < x->n && dkim_comment.n > 0)
		x->finding[dmarc].says = arena_printf(x->a, "%.*s: %.*s",
		    STR_FMT(x->finding[dmarc].says), STR_FMT(dkim_comment));
}

static struct str
verdict_in(const struct journal_row *row)
{
	struct str begin = STR(" verdict: "), text = row->text;
	size_t at = str_find(text, begin);

	text = str_from(text, at < text.n ? at + begin.n : text.n);
	return str_first(text, str_find(text, STR(" id=")));
}

/* ---- what to type -------------------------------------------------------- */

static void
advise(struct explained *x, struct str command, const char *does)
{
	for (size_t i = 0; i < x->nadvice; i++)
		if (str_eq(x->advice[i].command, command))
			return;
	if (x->nadvice < ADVICE_MAX)
		x->advice[x->nadvice++] = (struct advice){ command, does };
}

/* Names are typed into a shell: those that would be more than a name there are
 * given as a word in quotes that has no quote in it. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && !strchr("@.-_+=:/", s.p[i]))
			return false;
	return s.n > 0 && s.p[0] != '-';
}

static void
advise_on(struct explained *x, const char *command, struct str name,
    const char *option, const char *does)
{
	if (is_plain(name))
		advise(x, arena_printf(x->a, "postern %s %.*s%s", command,
		    STR_FMT(name), option), does);
}

/* What a rule is taken away by: by whose it is. */
static void
advise_to_remove(struct explained *x, const char *command)
{
	const char *option = "";

	if (x->owner.n > 0 && !is_plain(x->owner))
		return;
	if (x->owner.n > 0)
		option = str_dupz(x->a, arena_printf(x->a, " --for %.*s",
		    STR_FMT(x->owner)));
	advise_on(x, command, x->subject, option, "takes that rule away");
}

/* It was kept out, or went to Junk, by what stands in its verdict. */
static void
advise_to_let_in(struct explained *x, const struct journal_row *came)
{
	bool named = str_eq(x->rule, STR("block")) ||
	    str_eq(x->rule, STR("hold")) || str_eq(x->rule, STR("junk"));

	if (named)
		advise_to_remove(x, "block remove");
	if (!named)
		advise_on(x, "allow add", came->peer, "", "lets in all that "
		    "this host hands in, whatever else is found");
	if (str_eq(x->dmarc, STR("pass")) && !named)
		advise_on(x, "allow add", came->from, "", "lets in what is "
		    "proven to be of this sender");
}

static void
advise_to_keep_out(struct explained *x, const struct journal_row *came)
{
	if (str_eq(x->rule, STR("allow")))
		advise_to_remove(x, "allow remove");
	advise_on(x, "block add", came->from, " --junk",
	    "puts mail of this sender into Junk");
	advise_on(x, "block add", came->from, "",
	    "refuses mail of this sender");
}

/* The same for this recipient alone, who is one of ours. */
static void
advise_for_one(struct explained *x, const char *command, struct str who,
    struct str recipient, const char *does)
{
	if (is_plain(recipient))
		advise_on(x, command, who, str_dupz(x->a, arena_printf(x->a,
		    " --for %.*s", STR_FMT(recipient))), does);
}

/* ---- what happened ------------------------------------------------------- */

static bool
ends_in_login(struct str protocol)
{
	return protocol.n > 0 && protocol.p[protocol.n - 1] == 'A';
}

static void
explain_received(struct explained *x, const struct journal_row *row)
{
	struct str helo = trace_value(row->text, "helo"),
	    tls = trace_value(row->text, "tls"),
	    protocol = trace_value(row->text, "protocol"),
	    verdict = verdict_in(row);

	if (ends_in_login(protocol))
		explained_add(x, STR("came"), protocol, arena_printf(x->a,
		    "handed in from %.*s by somebody who had logged in: who "
		    "they are is proven, and nothing else is asked",
		    STR_FMT(row->peer)));
	else if (row->peer.n == 0)
		explained_add(x, STR("came"), protocol, STR("from this "
		    "server itself"));
	else
		explained_add(x, STR("came"), protocol, arena_printf(x->a,
		    "from %.*s, which calls itself %.*s, %s%.*s",
		    STR_FMT(row->peer), STR_FMT(helo),
		    tls.n > 0 ? "by " : "without TLS", STR_FMT(tls)));
	explain_verdict(x, verdict);
	if (verdict.n == 0 && row->peer.n > 0 && !ends_in_login(protocol))
		explained_add(x, STR("verdict"), STR("none"), STR("mail from "
		    "there is not judged (unjudged in postern.conf)"));
}

/* The words of the reply, without what stands behind them. */
static struct str
said_in(const struct journal_row *row)
{
	return str_first(row->text, str_find(row->text, STR(" verdict: ")));
}

static void
explain_refused(struct explained *x, const struct journal_row *row)
{
	struct str code = arena_printf(x->a, "%u", row->code);

	explained_add(x, STR("came"), STR(""), arena_printf(x->a,
	    "from %.*s", STR_FMT(row->peer)));
	explain_verdict(x, verdict_in(row));
	explained_add(x, STR("refused"), code, arena_printf(x->a, "for "
	    "%.*s: %.*s", STR_FMT(row->address.n > 0 ? row->address :
	    STR("all")), STR_FMT(said_in(row))));
	if (x->dmarc.n > 0 || x->rule.n > 0 || x->list.n > 0 ||
	    x->greylist.n > 0)
		advise_to_let_in(x, row);
	else if (str_find(row->text, STR("No such mailbox")) < row->text.n) {
		advise_on(x, "account add", row->address, "",
		    "makes an account of that name");
		advise_on(x, "alias add", row->address, " PERSON",
		    "has its mail go to somebody");
	}
}

/* Of one recipient alone: queue/fate.c. */
static void
explain_owned_rule(struct explained *x, const struct journal_row *row)
{
	struct str by = STR("as junk by a rule of "),
	    owner = str_from(row->text, by.n);

	if (str_starts(row->text, by) && is_plain(owner))
		advise(x, arena_printf(x->a, "postern block list --for %.*s",
		    STR_FMT(owner)), "shows the rules that are theirs");
}

/* By the judgement, or by the operator in the queue. */
static void
explain_held(struct explained *x, const struct journal_row *row,
    const struct journal_row *came)
{
	struct str number = arena_printf(x->a, "%llu",
	    (unsigned long long)row->message);

	if (!str_starts(row->text, STR("apart until "))) {
		explained_add(x, STR("held"), STR(""), arena_printf(x->a,
		    "%.*s%s%.*s", STR_FMT(row->address), row->address.n > 0 &&
		    row->text.n > 0 ? ": " : "", STR_FMT(row->text)));
		if (str_starts(row->text, STR("by a hold")))
			advise(x, STR("postern queue held"),
			    "says which holds there are, and who wants them");
		return;
	}
	explained_add(x, STR("held"), STR(""), arena_printf(x->a, "kept %.*s "
	    "for %.*s, in no mailbox", STR_FMT(row->text),
	    STR_FMT(row->address)));
	if (row->message) {
		advise_on(x, "held release", number, "", "puts it into INBOX, "
		    "and teaches the filter that it is good");
		advise_on(x, "held drop", number, "", "forgets it");
	}
	if (!came)
		return;
	advise_to_let_in(x, came);
	if (str_eq(x->dmarc, STR("pass")) && x->rule.n == 0)
		advise_for_one(x, "allow add", came->from, row->address,
		    "lets in what is proven to be of this sender, for this "
		    "recipient");
}

static void
explain_stored(struct explained *x, const struct journal_row *row,
    const struct journal_row *came)
{
	bool junk = str_starts(row->text, STR("as junk")),
	    text = str_find(row->text, STR("by its text")) < row->text.n;

	if (str_starts(row->text, STR("as a report"))) {
		explained_add(x, STR("stored"), STR(""), STR("in no mailbox: "
		    "it was read as a report"));
		advise(x, STR("postern reports each"), "lists what others "
		    "have reported");
		return;
	}
	explained_add(x, junk ? STR("junk") : STR("stored"), STR(""),
	    arena_printf(x->a, "put into the mailbox of %.*s%s%.*s%s",
	    STR_FMT(row->address), junk ? ", " : "", STR_FMT(row->text),
	    text ? ": what is above 0 looks like what people here call spam" :
	    ""));
	if (!came || came->peer.n == 0 ||
	    ends_in_login(trace_value(came->text, "protocol")))
		return;
	if (!junk) {
		advise_to_keep_out(x, came);
		advise_for_one(x, "block add", came->from, row->address,
		    "keeps mail of this sender from this recipient");
		return;
	}
	explain_owned_rule(x, row);
	if (text)
		advise(x, STR("postern learn good FILE"), "teaches the filter "
		    "that such mail is good; taking the message out of Junk "
		    "does, too");
	advise_to_let_in(x, came);
}

static void
explain_sent(struct explained *x, const struct journal_row *row)
{
	struct str domain = str_from(row->address, str_rchr(row->address,
	    '@') + 1);

	explained_add(x, journal_event_name(row->event), row->code ?
	    arena_printf(x->a, "%u", row->code) : STR(""), arena_printf(x->a,
	    "%.*s%s%.*s: %.*s", STR_FMT(row->address),
	    row->peer.n > 0 ? " at " : "", STR_FMT(row->peer),
	    STR_FMT(row->text)));
	if (row->event == JOURNAL_delivered)
		return;
	advise_on(x, "mx", domain, "", "shows where its mail goes, and what "
	    "is in the way");
	if (row->event == JOURNAL_deferred)
		advise(x, arena_printf(x->a, "postern queue retry %llu",
		    (unsigned long long)row->message), "tries it again now");
}

static void
explain_event(struct explained *x, const struct journal_row *row,
    const struct journal_row *came)
{
	switch (row->event) {
	case JOURNAL_received: explain_received(x, row); break;
	case JOURNAL_refused: explain_refused(x, row); break;
	case JOURNAL_stored: explain_stored(x, row, came); break;
	case JOURNAL_held: explain_held(x, row, came); break;
	case JOURNAL_forwarded:
		explained_add(x, STR("alias"), trace_value(row->text, "by"),
		    arena_printf(x->a, "sent on to %.*s",
			STR_FMT(row->address)));
		break;
	case JOURNAL_delivered:
	case JOURNAL_deferred:
	case JOURNAL_failed:
		explain_sent(x, row);
		break;
	default:
		explained_add(x, journal_event_name(row->event), STR(""),
		    arena_printf(x->a, "%.*s%s%.*s", STR_FMT(row->address),
			row->address.n > 0 && row->text.n > 0 ? ": " : "",
			STR_FMT(row->text)));
	}
}

static const struct journal_row *
coming_of(const struct trace_message *m)
{
	for (const struct trace_event *e = m->first; e; e = e->next)
		if (e->row.event == JOURNAL_received)
			return &e->row;
	return NULL;
}

static struct explained *
explain(struct arena *a, const struct trace_message *m)
{
	struct explained *x = arena_new_of(a, struct explained);
	const struct journal_row *came = coming_of(m);

	x->a = a;
	for (const struct trace_event *e = m->first; e; e = e->next)
		explain_event(x, &e->row, came);
	for (const struct trace_rest *r = m->rest; r; r = r->next)
		explained_add(x, STR("now"),
		    str_c(queue_state_name(r->row.state)),
		    arena_printf(a, "%.*s waits in the queue",
			STR_FMT(r->row.rcpt)));
	return x;
}

/* ---- shown --------------------------------------------------------------- */

static void
print_explained(const struct trace_message *m, const struct explained *x)
{
	auto_buf b = BUF_INIT(1 << 20);

	trace_heading(&b, m);
	for (size_t i = 0; i < x->n; i++) {
		const struct finding *f = &x->finding[i];

		buf_printf(&b, "  %-9.*s %-9.*s ", STR_FMT(f->what),
		    STR_FMT(f->found));
		put_plain(&b, f->says);
		buf_lit(&b, "\n");
	}
	if (x->left_out > 0)
		buf_printf(&b, "  and %llu events more: postern trace %llu\n",
		    (unsigned long long)x->left_out,
		    (unsigned long long)m->id);
	if (x->nadvice > 0)
		buf_lit(&b, "To have it otherwise next time:\n");
	for (size_t i = 0; i < x->nadvice; i++) {
		buf_lit(&b, "  ");
		put_plain(&b, x->advice[i].command);
		buf_printf(&b, "\n      %s\n", x->advice[i].does);
	}
	(void)fwrite(b.p, 1, b.n, stdout);
}

void
explain_print(struct arena *a, const struct trace_message *m, size_t n,
    int64_t now unused_arg)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			putchar('\n');
		print_explained(&m[i], explain(a, &m[i]));
	}
}

static void
put_pair(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, "\"%s\":", name);
	json_string(b, value);
}

static void
print_explained_json(const struct trace_message *m, const struct explained *x,
    bool first)
{
	auto_buf b = BUF_INIT(1 << 20);

	buf_printf(&b, "%s\n {\"message\":%llu,\"findings\":[",
	    first ? "" : ",", (unsigned long long)m->id);
	for (size_t i = 0; i < x->n; i++) {
		buf_printf(&b, "%s\n  {", i > 0 ? "," : "");
		put_pair(&b, "what", x->finding[i].what);
		buf_lit(&b, ",");
		put_pair(&b, "found", x->finding[i].found);
		buf_lit(&b, ",");
		put_pair(&b, "says", x->finding[i].says);
		buf_lit(&b, "}");
	}
	buf_lit(&b, "],\"change\":[");
	for (size_t i = 0; i < x->nadvice; i++) {
		buf_printf(&b, "%s\n  {", i > 0 ? "," : "");
		put_pair(&b, "command", x->advice[i].command);
		buf_lit(&b, ",");
		put_pair(&b, "does", str_c(x->advice[i].does));
		buf_lit(&b, "}");
	}
	buf_lit(&b, "]}");
	(void)fwrite(b.p, 1, b.n, stdout);
}

void
explain_print_json(struct arena *a, const struct trace_message *m, size_t n)
{
	putchar('[');
	for (size_t i = 0; i < n; i++)
		print_explained_json(&m[i], explain(a, &m[i]), i == 0);
	puts("\n]");
}
