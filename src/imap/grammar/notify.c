#include "imap/grammar/notify.h"

#include "imap/grammar/scan.h"

static const char want_events[] = "expected events";

/* event = message-event / mailbox-event / user-event / event-ext */
static uint32_t
one_event(struct scan *s, struct notify_args *out,
    const struct notify_group *g)
{
	static const struct word events[] = {
		{ STR("MessageNew"), EVENT_NEW },
		{ STR("MessageExpunge"), EVENT_EXPUNGE },
		{ STR("FlagChange"), EVENT_FLAGS },
		{ STR("MailboxName"), EVENT_NAME },
		{ STR("SubscriptionChange"), EVENT_SUBSCRIPTION },
		{ STR("MailboxMetadataChange"), EVENT_METADATA },
		{ STR("ServerMetadataChange"), EVENT_SERVER_METADATA },
	};
	bool of_selected = g->filter <= NOTIFY_DELAYED;
	struct rd before;
	struct str name = scan_atom(s);
	int event = word_find(events, NELEM(events), name);

	/* event-ext = atom: what there is does not have to be known. But
	 * AnnotationChange is about messages as well (5). */
	if (event < 0)
		event = EVENT_OTHER;
	if (event == EVENT_OTHER && str_eqi(name, STR("AnnotationChange")))
		event |= EVENT_FLAGS;
	else if (of_selected && event & ~(EVENT_MESSAGE | EVENT_OTHER))
		scan_fail(s, "of what is selected events of messages only");
	before = s->r;
	if (event != EVENT_NEW || !scan_opt_text(s, STR(" (")))
		return (uint32_t)event;
	s->r = before;
	scan_sp(s);
	if (!of_selected || out->has_att) {
		scan_fail(s, "what to fetch is said of what is selected only");
		return 0;
	}
	out->att = scan_fetch_att(s);
	out->has_att = true;
	return EVENT_NEW;
}

/* events = ( "(" event *(SP event) ")" ) / "NONE" */
static void
scan_events(struct scan *s, struct notify_args *out, struct notify_group *g)
{
	const uint32_t both = EVENT_NEW | EVENT_EXPUNGE;

	if (scan_opt_text(s, STR("NONE")))
		return;
	scan_need(s, '(', want_events);
	do
		g->events |= one_event(s, out, g);
	while (scan_ok(s) && scan_opt(s, ' '));
	scan_need(s, ')', want_events);
	/* 5 */
	if (g->events & EVENT_MESSAGE && (g->events & both) != both)
		scan_fail(s, "MessageNew and MessageExpunge come together");
}

static void
add_name(struct scan *s, struct notify_args *out, struct notify_group *g)
{
	if (out->nnames == NOTIFY_NAMES_MAX) {
		scan_over(s, "Too many mailboxes");
		return;
	}
	out->nnames++;
	g->name[g->nname++] = scan_mailbox(s);
}

/* one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")" */
static void
scan_names(struct scan *s, struct notify_args *out, struct notify_group *g)
{
	g->name = arena_array(s->a, NOTIFY_NAMES_MAX, sizeof(*g->name));
	scan_sp(s);
	if (!scan_opt(s, '(')) {
		add_name(s, out, g);
		return;
	}
	do
		add_name(s, out, g);
	while (scan_ok(s) && scan_opt(s, ' '));
	scan_need(s, ')', "expected the end of the mailboxes");
}

/* event-group = "(" filter-mailboxes SP events ")" */
static void
scan_group(struct scan *s, struct notify_args *out)
{
	static const struct word filters[] = {
		{ STR("selected"), NOTIFY_SELECTED },
		{ STR("selected-delayed"), NOTIFY_DELAYED },
		{ STR("inboxes"), NOTIFY_PERSONAL },
		{ STR("personal"), NOTIFY_PERSONAL },
		{ STR("subscribed"), NOTIFY_SUBSCRIBED },
		{ STR("subtree"), NOTIFY_SUBTREE },
		{ STR("mailboxes"), NOTIFY_MAILBOXES },
	};
	struct notify_group *g = &out->group[out->ngroup];
	int filter;

	scan_need(s, '(', "expected a group of events");
	filter = scan_word(s, filters, NELEM(filters),
	    "no such kind of mailboxes");
	if (out->ngroup == NOTIFY_GROUPS_MAX)
		scan_over(s, "Too many groups of events");
	if (!scan_ok(s))
		return;
	out->ngroup++;
	*g = (struct notify_group){ .filter = (enum notify_filter)filter };
	if (g->filter <= NOTIFY_DELAYED && out->selected) {
		scan_fail(s, "SELECTED is said once");		/* 6.1 */
		return;
	}
	if (g->filter <= NOTIFY_DELAYED)
		out->selected = g;
	if (g->filter >= NOTIFY_SUBTREE)
		scan_names(s, out, g);
	scan_sp(s);
	scan_events(s, out, g);
	scan_need(s, ')', "expected the end of a group of events");
}

/* notify = "NOTIFY" SP ("SET" [SP "STATUS"] SP event-groups / "NONE") */
void
scan_notify(struct scan *s, struct notify_args *out)
{
	out->text = rd_rest(&s->r);
	scan_sp(s);
	if (scan_opt_text(s, STR("NONE"))) {
		out->none = true;
		scan_end(s);
		return;
	}
	if (!scan_opt_text(s, STR("SET")))
		scan_fail(s, "expected SET or NONE");
	out->status = scan_opt_text(s, STR(" STATUS"));
	scan_sp(s);
	out->group = arena_array(s->a, NOTIFY_GROUPS_MAX,
	    sizeof(*out->group));
	do
		scan_group(s, out);
	while (scan_ok(s) && scan_opt(s, ' '));
	scan_end(s);
}
