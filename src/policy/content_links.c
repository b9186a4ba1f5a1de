#include "dns/name.h"
#include "mime/facts.h"
#include "mime/html_text.h"
#include "mime/text.h"
#include "policy/content_int.h"
#include "policy/html_links.h"
#include "policy/url_find.h"
#include "store/messages.h"

enum {
	TEXT_MAX = 64 << 10,	/* octets of text, of all parts */
	TEXT_MORE = 64 << 10,	/* what a piece of a part may become */
	PIECE = 2048,
};

/* The host of a link, for lists. */
static void
see_host(struct looking *l, const struct url_found *u)
{
	struct content_seen *s = l->seen;
	struct str host = u->number ? u->host : content_whose(u->host);

	for (size_t i = 0; i < s->nhosts; i++)
		if (str_eq(s->host[i], host))
			return;
	if (s->nhosts < CONTENT_HOSTS)
		s->host[s->nhosts++] = host;
}

static void
look_at_url(struct looking *l, const struct url_found *u)
{
	see_host(l, u);
	if (u->number)
		content_find(l, "link-number", 10, u->host);
	else
		content_look_at_name(l, u->host, "a link to");
	/* "http://bank.example@evil.example/" */
	if (str_chr(u->user, '.') < u->user.n)
		content_find(l, "link-user", 20, arena_printf(l->a,
		    "%.*s stands before an @, the host is %.*s",
		    STR_FMT(content_shown(u->user, l->a)),
		    STR_FMT(content_shown(u->host, l->a))));
}

static void
look_at_text(struct looking *l, struct str text)
{
	struct url_found u;

	while (l->urls < CONTENT_URLS && url_find_next(&text, l->a, &u)) {
		l->urls++;
		look_at_url(l, &u);
	}
}

/* Who sends to many counts who clicks: their links lead to whoever counts. */
static void
look_at_link(struct looking *l, const struct html_link *link)
{
	struct url_found to, shown;

	if (!url_find_href(link->href, l->a, &to))
		return;
	look_at_url(l, &to);
	if (!url_find_shown(link->shown, l->a, &shown) || (!shown.number &&
	    !to.number && str_eq(content_whose(shown.host),
	    content_whose(to.host))) || str_eq(shown.host, to.host))
		return;
	content_find(l, "link-text", l->list ? 5 : 20, arena_printf(l->a,
	    "%.*s leads to %.*s", STR_FMT(content_shown(shown.host, l->a)),
	    STR_FMT(content_shown(to.host, l->a))));
}

static void
look_at_html(struct looking *l, struct str html)
{
	struct html_links links = { .rest = html };
	struct html_text t = { 0 };
	struct html_link link;
	auto_buf text = BUF_INIT(TEXT_MAX + TEXT_MORE);

	while (l->urls < CONTENT_URLS && html_link_next(&links, l->a, &link)) {
		l->urls++;
		look_at_link(l, &link);
	}
	html_text_more(&t, html, &text);
	look_at_text(l, buf_get(&text));
}

/* Its transfer encoding and charset undone; folded, which names of hosts
 * are in the end. */
static void
read_part(const struct facts_part *part, struct str head, struct buf *text)
{
	struct str body = str_first(str_from(head, (size_t)(part->header_off +
	    part->header_len)), (size_t)part->body_len);
	struct text_reader *t = text_begin(part->encoding,
	    facts_param(part->params, STR("charset")), false);

	for (; body.n > 0 && text->n < TEXT_MAX; body = str_from(body, PIECE))
		text_more(t, str_first(body, PIECE), text);
	text_end(t, text);
}

static void
see_answer(struct str id, size_t *n, struct buf *b)
{
	if (*n >= ANSWERS_IDS || id.n == 0 || id.n > ANSWERS_ID_MAX ||
	    !str_is_printable(id))
		return;
	buf_str(b, *n > 0 ? STR("\n") : STR(""));
	buf_str(b, id);
	++*n;
}

/* RFC 5322 3.6.4: the nearest of References stand at the end. */
static void
see_answers(struct looking *l, const struct facts *f)
{
	auto_buf b = BUF_INIT(ANSWERS_MAX);
	struct str ids, id, last[ANSWERS_IDS];
	size_t n = 0, total = 0;

	for (ids = f->in_reply_to; facts_next_text(&ids, &id);)
		see_answer(id, &n, &b);
	for (ids = f->references; facts_next_text(&ids, &id); total++)
		last[total % ANSWERS_IDS] = id;
	for (size_t i = 0; i < total && i < ANSWERS_IDS; i++)
		see_answer(last[(total - 1 - i) % ANSWERS_IDS], &n, &b);
	l->seen->answers = str_dup(l->out, buf_get(&b));
}

void
content_look_at_links(struct looking *l)
{
	auto_buf record = BUF_INIT(MIME_RECORD_MAX), text =
	    BUF_INIT(TEXT_MAX + TEXT_MORE);
	struct mime_scan *scan = mime_scan_new(l->a, NULL);
	struct facts facts;
	struct facts_walk w;
	struct facts_part part;
	size_t left = TEXT_MAX;

	mime_scan_feed(scan, l->ask->head);
	mime_scan_finish(scan, &record);
	if (facts_decode(buf_get(&record), &facts) < 0)
		return;
	see_answers(l, &facts);
	w = facts_walk_of(&facts);
	while (left > 0 && l->urls < CONTENT_URLS &&
	    facts_next_part(&w, &part)) {
		if (part.kind != PART_LEAF || !str_eqi(part.type, STR("text")))
			continue;
		read_part(&part, l->ask->head, &text);
		if (str_eqi(part.subtype, STR("html")))
			look_at_html(l, str_first(buf_get(&text), left));
		else
			look_at_text(l, str_first(buf_get(&text), left));
		left -= text.n < left ? text.n : left;
		buf_reset(&text);
	}
}
