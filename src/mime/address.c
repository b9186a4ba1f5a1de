#include "mime/address.h"

#include "mime/lex.h"

/* All texts of a list go into one piece of memory: they are what value holds
 * with something left out, so value.n octets are enough. */
struct parse {
	struct rd r;
	char *text;
	size_t n, cap;
	struct arena *a;
	struct address_list list;
	size_t room, max;
	bool in_group;
};

static void
put_char(struct parse *p, char c)
{
	if (p->n < p->cap)
		p->text[p->n++] = c;
}

static void
put_raw(struct parse *p, struct str raw)
{
	if (raw.n <= p->cap - p->n)
		p->n += lex_unescape(p->text + p->n, raw);
}

static struct str
text_since(const struct parse *p, size_t start)
{
	return str_make(p->text + start, p->n - start);
}

static struct address *
add_address(struct parse *p, enum address_kind kind)
{
	struct address_list *l = &p->list;
	struct address *v;

	if (l->n == p->max) {
		l->truncated = true;
		return NULL;
	}
	if (l->n == p->room) {
		p->room = p->room ? p->room * 2 : 4;
		v = arena_array(p->a, p->room, sizeof(*v));
		if (l->n > 0)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
	}
	l->v[l->n] = (struct address){ .kind = kind };
	return &l->v[l->n++];
}

static bool
is_word(char c)
{
	static const bool other[256] = { [' '] = 1, ['\t'] = 1, ['\r'] = 1,
		['\n'] = 1, ['('] = 1, ['"'] = 1, [','] = 1, [';'] = 1,
		[':'] = 1, ['<'] = 1, ['>'] = 1, ['@'] = 1, ['['] = 1 };

	return !other[(unsigned char)c];
}

/* Words up to one of the octets in `stop`, or the end: quotes and comments
 * removed, white space between two words one space. Next to a "." or "@" it
 * goes where it cannot be meant (`tight`, for a local part). */
static struct str
take_words(struct parse *p, struct str stop, bool tight, struct str *comment)
{
	size_t start = p->n;
	int c;

	for (;;) {
		bool gap = lex_cfws(&p->r, comment) && p->n > start;

		c = rd_peek(&p->r);
		if (c < 0 || str_chr(stop, (char)c) < stop.n)
			return text_since(p, start);
		if (gap && !(tight && (c == '.' || p->text[p->n - 1] == '.')))
			put_char(p, ' ');
		if (rd_opt(&p->r, '"')) {
			put_raw(p, lex_quoted(&p->r));
			continue;
		}
		put_char(p, (char)rd_next(&p->r));
		put_raw(p, rd_while(&p->r, is_word));
	}
}

static bool
is_domain(char c)
{
	static const bool other[256] = { [' '] = 1, ['\t'] = 1, ['\r'] = 1,
		['\n'] = 1, ['('] = 1, [','] = 1, [';'] = 1, ['<'] = 1,
		['>'] = 1, ['.'] = 1, ['['] = 1 };

	return !other[(unsigned char)c];
}

static bool
is_literal(char c)
{
	return c != ']' && c != '>' && c != ',';
}

/* domain = dot-atom / domain-literal / obs-domain; ends before whatever is
 * none of it. */
static struct str
take_host(struct parse *p, struct str *comment)
{
	size_t start = p->n;
	bool dot = true;

	for (;;) {
		bool gap = lex_cfws(&p->r, comment);

		if (gap && !dot && rd_peek(&p->r) != '.')
			return text_since(p, start);
		if (rd_opt(&p->r, '[')) {
			put_char(p, '[');
			put_raw(p, rd_while(&p->r, is_literal));
			if (rd_opt(&p->r, ']'))
				put_char(p, ']');
			dot = false;
		} else if (rd_opt(&p->r, '.')) {
			put_char(p, '.');
			dot = true;
		} else {
			struct str atom = rd_while(&p->r, is_domain);

			if (atom.n == 0)
				return text_since(p, start);
			put_raw(p, atom);
			dot = false;
		}
	}
}

/* obs-route = obs-domain-list ":"; the cursor stays if there is none. */
static struct str
take_route(struct parse *p)
{
	struct rd back = p->r;
	size_t start = p->n;
	int c;

	while ((c = rd_peek(&p->r)) >= 0 && c != '>' && c != '<' && c != '"') {
		if (lex_cfws(&p->r, NULL))
			continue;
		(void)rd_next(&p->r);
		if (c == ':')
			return text_since(p, start);
		put_char(p, (char)c);
	}
	p->r = back;
	p->n = start;
	return STR_NULL;
}

static void
take_addr_spec(struct parse *p, struct address *to, struct str *comment)
{
	to->mailbox = take_words(p, STR("@>,;"), true, comment);
	if (rd_opt(&p->r, '@'))
		to->host = take_host(p, comment);
}

/* Behind "<". */
static void
take_angle(struct parse *p, struct address *to)
{
	(void)lex_cfws(&p->r, NULL);
	if (rd_peek(&p->r) == '@')
		to->route = take_route(p);
	take_addr_spec(p, to, NULL);
}

/* What is left of a malformed address, up to the next one. */
static void
skip_rest(struct parse *p, struct str *comment)
{
	int c;

	for (;;) {
		(void)lex_cfws(&p->r, comment);
		c = rd_peek(&p->r);
		if (c < 0 || c == ',' || c == ';')
			return;
		(void)rd_next(&p->r);
		if (c == '"')
			(void)lex_quoted(&p->r);
	}
}

static void
name_by_comment(struct parse *p, struct address *to, struct str comment)
{
	size_t start = p->n;

	if (to->name.p || !comment.p || to->mailbox.n + to->host.n == 0)
		return;
	put_raw(p, str_trim(comment));
	if (p->n > start)
		to->name = text_since(p, start);
}

static void
add_mailbox(struct parse *p, const struct address *one)
{
	struct address *to;

	if (one->mailbox.n == 0 && one->host.n == 0 && !one->name.p)
		return;
	to = add_address(p, ADDRESS_MAILBOX);
	if (to)
		*to = *one;
}

/* An address without "<": addr-spec, or words that are none. */
static void
take_bare(struct parse *p, struct rd back, size_t start)
{
	struct address one = { .kind = ADDRESS_MAILBOX };
	struct str comment = STR_NULL;

	p->r = back;
	p->n = start;
	take_addr_spec(p, &one, &comment);
	skip_rest(p, &comment);
	name_by_comment(p, &one, comment);
	add_mailbox(p, &one);
}

/* The words ahead of what tells us what this is. "a@b <c@d>" is common, so an
 * "@" tells nothing yet; but behind one a ":" starts no group. */
static struct str
take_phrase(struct parse *p, struct str *comment)
{
	size_t start = p->n;

	(void)take_words(p, STR(",;:<@"), false, comment);
	if (rd_peek(&p->r) == '@' || (rd_peek(&p->r) == ':' && p->in_group))
		(void)take_words(p, STR(",;<"), false, comment);
	return text_since(p, start);
}

static void
take_one(struct parse *p)
{
	struct address one = { .kind = ADDRESS_MAILBOX };
	struct str comment = STR_NULL, phrase;
	struct rd back = p->r;
	size_t start = p->n;
	struct address *group;

	phrase = take_phrase(p, &comment);
	if (rd_opt(&p->r, '<')) {
		one.name = phrase.n > 0 ? phrase : STR_NULL;
		take_angle(p, &one);
		(void)rd_opt(&p->r, '>');
		skip_rest(p, &comment);
		name_by_comment(p, &one, comment);
		add_mailbox(p, &one);
	} else if (!p->in_group && rd_opt(&p->r, ':')) {
		/* Room for its end is part of the group. */
		if (p->max - p->list.n < 2) {
			p->list.truncated = true;
			p->r.p = p->r.end;
			return;
		}
		group = add_address(p, ADDRESS_GROUP);
		group->name = phrase;
		p->in_group = true;
		p->max--;
	} else {
		take_bare(p, back, start);
	}
}

static void
end_group(struct parse *p)
{
	if (!p->in_group)
		return;
	p->in_group = false;
	p->max++;
	(void)add_address(p, ADDRESS_GROUP_END);
}

struct address_list
address_parse(struct arena *a, struct str value, size_t max)
{
	struct parse p = { .r = rd_of(value), .a = a, .max = max };

	p.text = arena_alloc(a, value.n);
	p.cap = value.n;
	while (rd_left(&p.r) > 0 && !p.list.truncated) {
		(void)rd_while(&p.r, lex_is_space);
		if (rd_opt(&p.r, ';'))
			end_group(&p);
		else if (!rd_opt(&p.r, ',') && rd_left(&p.r) > 0)
			take_one(&p);
	}
	end_group(&p);
	return p.list;
}
