#include "dns/name.h"
#include "mime/address.h"
#include "mime/header.h"
#include "mime/word.h"
#include "policy/content_int.h"

enum { PEOPLE_MAX = 8, NAME_MAX_OCTETS = 1000, FIELD_OCTETS_MAX = 4000 };

struct person {
	struct str name;	/* UTF-8 without controls */
	struct str address;	/* as it stands, but for capitals */
	struct str domain;	/* as it is inside; empty: none */
};

/* The first one in a field; false: nobody. */
static bool
first_of(struct looking *l, struct str field, struct person *out)
{
	struct str value = header_get(l->ask->head, field);
	struct address_list list;
	const struct address *one = NULL;
	auto_buf name = BUF_INIT(4 * NAME_MAX_OCTETS);

	if (!value.p)
		return false;
	list = address_parse(l->a, str_first(value, FIELD_OCTETS_MAX),
	    PEOPLE_MAX);
	for (size_t i = 0; i < list.n && !one; i++)
		if (list.v[i].kind == ADDRESS_MAILBOX && list.v[i].host.n > 0)
			one = &list.v[i];
	if (!one)
		return false;
	*out = (struct person){ 0 };
	word_decode(&name, str_first(one->name, NAME_MAX_OCTETS));
	out->name = str_dup(l->a, buf_get(&name));
	if (!dns_name(one->host, l->a, &out->domain))
		out->domain = STR_NULL;
	out->address = str_lower(l->a, str_first(arena_printf(l->a,
	    "%.*s@%.*s", STR_FMT(str_first(one->mailbox, 320)),
	    STR_FMT(str_first(out->domain, 255))), 320));
	return out->domain.n > 0;
}

static void
see_address(struct looking *l, const struct person *p)
{
	struct content_seen *s = l->seen;

	for (size_t i = 0; i < s->naddresses; i++)
		if (str_eq(s->address[i], p->address))
			return;
	if (s->naddresses < CONTENT_ADDRESSES)
		s->address[s->naddresses++] = p->address;
}

static bool
in_domain(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || (uint8_t)c >= 0x80;
}

static bool
in_local(char c)
{
	return ascii_is_alnum(c) || (c != '\0' && strchr("-._+", c));
}

/* The domain of an address that stands in a name: "Bank <help@bank.example>".
 * A dot has to be in it: who is called "x@home" shows none. */
static bool
domain_in_name(struct looking *l, struct str name, struct str *domain)
{
	struct str rest = name;
	size_t at;

	while ((at = str_chr(rest, '@')) < rest.n) {
		struct str tail = str_from(rest, at + 1);
		bool local = at > 0 && in_local(rest.p[at - 1]);
		size_t n = 0;

		while (n < tail.n && in_domain(tail.p[n]))
			n++;
		rest = tail;
		tail = str_first(tail, n);
		if (local && str_chr(tail, '.') < tail.n &&
		    dns_name(tail, l->a, domain) &&
		    str_chr(*domain, '.') < domain->n)
			return true;
	}
	return false;
}

static bool
same_owner(struct str a, struct str b)
{
	return str_eq(content_whose(a), content_whose(b));
}

/* Mail programs show the name, and many of them nothing else. Lists write whom
 * they carry mail of in there. */
static void
look_at_shown_address(struct looking *l, const struct person *from)
{
	struct str domain;

	if (!domain_in_name(l, from->name, &domain) ||
	    same_owner(domain, from->domain))
		return;
	content_find(l, "name-address", l->list ? 5 : 25, arena_printf(l->a,
	    "From shows %.*s and is of %.*s",
	    STR_FMT(content_shown(domain, l->a)),
	    STR_FMT(content_shown(from->domain, l->a))));
}

/* Right-to-left marks turn what is behind them round. */
static bool
turns_text(struct str utf8)
{
	uint32_t code = 0;
	size_t n;

	while ((n = str_utf8_char(utf8, &code)) > 0) {
		if ((code >= 0x202a && code <= 0x202e) ||
		    (code >= 0x2066 && code <= 0x2069))
			return true;
		utf8 = str_from(utf8, n);
	}
	return false;
}

void
content_look_at_sender(struct looking *l)
{
	struct person from, reply;

	if (!first_of(l, STR("From"), &from))
		return;
	see_address(l, &from);
	look_at_shown_address(l, &from);
	content_look_at_name(l, from.domain, "From");
	if (turns_text(from.name))
		content_find(l, "name-turned", 30,
		    STR("the name in From is written backwards"));
	if (!first_of(l, STR("Reply-To"), &reply))
		return;
	see_address(l, &reply);
	content_look_at_name(l, reply.domain, "Reply-To");
	if (!l->list && !same_owner(reply.domain, from.domain))
		content_find(l, "reply-elsewhere", 8, arena_printf(l->a,
		    "From is of %.*s, Reply-To of %.*s",
		    STR_FMT(content_shown(content_whose(from.domain), l->a)),
		    STR_FMT(content_shown(content_whose(reply.domain),
		    l->a))));
}
