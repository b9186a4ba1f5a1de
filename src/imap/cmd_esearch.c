/*
 * cmd_esearch.c - ESEARCH: a search in several mailboxes.         RFC 7377
 */
#include "imap/search.h"
#include "mail/mailboxes.h"

struct several {
	struct imap_session *s;
	const struct imap_command *c;
	const struct esearch_args *args;
	struct search_args search;
	struct arena *mem;	/* of one mailbox */
};

/* Is `name` below `top`, or it? levels: how many below at most. */
static bool
is_below(struct str name, struct str top, size_t levels)
{
	if (str_eq(name, top))
		return true;
	if (!top.p || !str_starts(name, top) || name.p[top.n] != '/')
		return false;
	return mailbox_name_levels(str_from(name, top.n + 1)) <= levels;
}

static bool
is_meant(const struct several *a, const struct mailbox_row *m)
{
	for (size_t i = 0; i < a->args->n; i++) {
		struct str name = a->args->in[i].name;
		bool meant = false;

		switch (a->args->in[i].kind) {
		case SOURCE_SELECTED:
			break;
		case SOURCE_PERSONAL:
			meant = !is_others(m->mailbox);
			break;
		case SOURCE_SUBSCRIBED:
			meant = m->subscribed;
			break;
		case SOURCE_SUBTREE:
			meant = is_below(m->name, name, MAILBOX_LEVELS_MAX);
			break;
		case SOURCE_SUBTREE_ONE:
			meant = is_below(m->name, name, 1);
			break;
		case SOURCE_MAILBOX:
			meant = str_eq(m->name, name);
			break;
		}
		if (meant)
			return true;
	}
	return false;
}

/* Only the mailbox selected: "$" is of no other. */
static bool
is_selected_alone(const struct esearch_args *a)
{
	return a->n == 0 || (a->n == 1 && a->in[0].kind == SOURCE_SELECTED);
}

static bool
wants_selected(const struct esearch_args *a)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->in[i].kind == SOURCE_SELECTED)
			return true;
	}
	return a->n == 0;
}

/* RFC 7377 2.1: nothing is said of where there is nothing. */
static struct answer
search_at(struct several *a, const struct search_place *at)
{
	struct search_args search = a->search;
	struct search_result found;
	struct answer answer = imap_find(a->s, at, a->c->tag, &search,
	    &found);

	if (found.n == 0)
		search.options &= RETURN_SAVE;
	if (answer.kind == ANSWER_NONE && search.options)
		answer = imap_put_esearch(a->s, at, a->c->tag, &search,
		    &found, NULL);
	search_result_free(&found);
	return answer;
}

/* As it is now: nobody has been told of it. */
static struct answer
search_other(struct several *a, const struct mailbox_row *m)
{
	struct mailbox_view v = { 0 };
	struct search_place at = { .view = &v, .mem = a->mem,
		.mailbox = m->name, .uids = true };
	struct answer answer = NO_ANSWER;
	struct open_answer found;
	struct err err = { 0 };
	int e;

	arena_reset(a->mem);
	dialogue_deadline(&a->s->d, IMAP_COMMAND_MS);
	e = mailbox_open(&a->s->account, m->name, &v, &found, a->mem, &err);
	if (e >= 0 && v.exists > 0) {
		at.uidvalidity = found.uidvalidity;
		answer = search_at(a, &at);
	}
	view_close(&v);
	/* It was removed meanwhile, or may not be read: RFC 7377 3. */
	if (e == E_NOTFOUND || e == E_NORIGHT)
		e = 0;
	return e < 0 ? imap_fail(a->s, "esearch", &err) : answer;
}

static struct answer
search_selected(struct several *a, const struct mailbox_row *m)
{
	const struct search_place at = { .view = &a->s->view, .mem = a->mem,
		.mailbox = m->name, .uidvalidity = m->uidvalidity,
		.uids = true };

	arena_reset(a->mem);
	return search_at(a, &at);
}

static struct answer
search_all(struct several *a, const struct mailbox_list *list)
{
	uint64_t selected = wants_selected(a->args) ?
	    a->s->view.at.mailbox : 0;
	struct answer answer = NO_ANSWER;

	for (size_t i = 0; i < list->n && answer.kind == ANSWER_NONE; i++) {
		const struct mailbox_row *m = &list->node[i].row;

		if (m->mailbox && m->mailbox == selected)
			answer = search_selected(a, m);
		else if (m->mailbox && is_meant(a, m))
			answer = search_other(a, m);
		if (stream_failed(a->s->d.stream) < 0)
			break;
	}
	return answer;
}

/* What it must not ask for, before anything is looked at. */
static struct answer
check(struct several *a)
{
	struct search_place at = { .view = &a->s->view, .mem = a->mem };
	struct condition *c;

	if (wants_selected(a->args) && a->s->state != STATE_SELECTED)
		return BAD("Select a mailbox first");
	if (a->search.options & RETURN_SAVE && !is_selected_alone(a->args))
		return BAD("SAVE is for the mailbox selected");
	/* RFC 7377 2.2; RFC 5267 4.3.1: SEARCH is what is kept up to date. */
	if (a->search.options & RETURN_UPDATE) {
		if (a->s->state != STATE_SELECTED)
			return BAD("Select a mailbox first");
		imap_say_noupdate(a->s, a->c->tag);
	}
	a->search.options &= ~(uint32_t)(RETURN_CONTEXT | RETURN_UPDATE);
	if (a->search.charset.n && a->s->enabled & ENABLED_UTF8)
		return BAD("All is UTF-8, and no charset is to be named");
	return imap_conditions(a->s, &at, &a->search, &c);
}

/* ESEARCH [IN (mailboxes)] [RETURN (options)] [CHARSET charset] keys */
struct answer
imap_esearch(struct imap_session *s, const struct imap_command *c)
{
	struct several a = { .s = s, .c = c, .args = &c->args.esearch,
		.search = c->args.esearch.search,
		.mem = arena_new(SCAN_ARENA(GATHER_LINE_MAX +
		    GATHER_LITERALS_MAX) + SCAN_ARENA(FILTERS_OCTETS_MAX) +
		    (1 << 20)) };
	struct answer answer = check(&a);
	struct mailbox_list list;
	struct err err = { 0 };
	int e = 0;

	if (!a.search.esearch)
		a.search.options = RETURN_ALL;
	if (answer.kind == ANSWER_NONE) {
		e = mailboxes_list_all(&s->account, false, &list, &err);
		if (e >= 0)
			answer = search_all(&a, &list);
		mailboxes_free(&list);
	}
	arena_free(a.mem);
	if (e < 0)
		return imap_fail(s, "esearch", &err);
	return answer.kind == ANSWER_NONE ? OK("Searched") : answer;
}
