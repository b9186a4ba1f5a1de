/*
 * cmd_metadata.c - GETMETADATA and SETMETADATA.                  RFC 5464
 */
#include "imap/metadata.h"
#include "imap/search.h"

_Static_assert(METADATA_VALUE_MAX == 32768, "what is too long is told");

static struct answer
no_mailbox(void)
{
	return NO_CODE("NONEXISTENT", "There is no such mailbox");
}

/* GETMETADATA [(options)] mailbox names                      RFC 5464 4.2 */
struct answer
imap_getmetadata(struct imap_session *s, const struct imap_command *c)
{
	const struct getmetadata_args *a = &c->args.getmetadata;
	const struct metadata_want want = { a->names, a->depth, a->maxsize };
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	struct err err = { 0 };
	size_t longest = 0;
	int e;

	if (!a->mailbox.p)
		return no_mailbox();
	e = imap_put_metadata(s, &b, a->mailbox, &want, &longest, &err);
	if (e == E_NOTFOUND)
		return no_mailbox();
	if (e < 0)
		return imap_fail(s, "getmetadata", &err);
	imap_say(s, &b);
	if (longest == 0)
		return OK("This is what there is");
	/* 4.2.1 */
	return (struct answer){ ANSWER_OK, arena_printf(s->cmd,
	    "METADATA LONGENTRIES %zu", longest),
	    STR("Some are longer than that") };
}

/* What is said of /private/specialuse: attributes with spaces between. False: a
 * mailbox cannot be for that.                                RFC 6154 4 */
static bool
uses_of(struct str value, uint32_t *special)
{
	*special = 0;
	while (value.n > 0) {
		size_t n = str_chr(value, ' ');
		uint32_t use = imap_use_of(str_first(value, n));

		if (n > 0 && !use)
			return false;
		*special |= use;
		value = str_from(value, n < value.n ? n + 1 : n);
	}
	return true;
}

/* RFC 5466 3.2: what is noted as a search is one. */
static bool
is_no_search(struct str name, struct str value)
{
	struct arena *a;
	bool is;

	if (!str_starts(name, STR("/private/filters/values/")) || !value.p)
		return false;
	a = arena_new(SCAN_ARENA(METADATA_VALUE_MAX));
	is = imap_is_filter(value, a);
	arena_free(a);
	return !is;
}

/* What may not be noted, and why; else ANSWER_NONE. */
static struct answer
refuse_value(const struct setmetadata_args *a, const struct metadata_value *v)
{
	if (v->value.n > METADATA_VALUE_MAX)
		return IMAP_METADATA_TOO_LONG;
	/* RFC 5464 3.3: what all would see is not for everybody to write. */
	if (a->mailbox.n == 0 && str_starts(v->name, STR("/shared/")))
		return NO_CODE("NOPERM", "That is the operator's to write");
	if (a->mailbox.n == 0 && is_no_search(v->name, v->value))
		return NO_CODE("CANNOT", "What the filter says is no search");
	return NO_ANSWER;
}

static struct answer
put_failed(struct imap_session *s, int e, const struct err *err)
{
	switch (e) {
	case E_NOTFOUND:
		return no_mailbox();
	case E_LIMIT:	/* RFC 5464 4.3 */
		return NO_CODE("METADATA TOOMANY", "It has all it may");
	case E_INVALID:
		return NO_CODE("USEATTR", "It is for nothing else");
	default:
		return imap_fail(s, "setmetadata", err);
	}
}

/* SETMETADATA mailbox (name value ...): all of them, or none. RFC 5464 4.3 */
struct answer
imap_setmetadata(struct imap_session *s, const struct imap_command *c)
{
	const struct setmetadata_args *a = &c->args.setmetadata;
	auto_buf b = BUF_INIT(METADATA_PUT_MAX);
	uint32_t special, *set_special = NULL;
	struct err err = { 0 };
	int e;

	if (!a->mailbox.p)
		return no_mailbox();
	for (size_t i = 0; i < a->n; i++) {
		const struct metadata_value *v = &a->v[i];
		struct answer refused = refuse_value(a, v);

		if (refused.kind != ANSWER_NONE)
			return refused;
		if (a->mailbox.n == 0 ||
		    !str_eq(v->name, METADATA_SPECIAL_USE)) {
			metadata_add(&b, v->name, v->value);
			continue;
		}
		set_special = &special;
		if (!uses_of(v->value, &special))
			return NO_CODE("USEATTR", "No mailbox is for that");
	}
	e = metadata_put(&s->account, a->mailbox, &b, set_special, &err);
	return e < 0 ? put_failed(s, e, &err) : OK("Noted");
}
