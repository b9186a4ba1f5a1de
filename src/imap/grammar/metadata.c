#include "imap/grammar/metadata.h"

enum { NAME_MAX = 256 };	/* as store/messages_metadata.h has it */

static bool
is_entry_octet(char c)
{
	return c > 0x19 && c < 0x7f && c != '*' && c != '%';
}

/* Components, none of them empty: how many; 0: it is no name. */
static size_t
components(struct str name)
{
	size_t n = 0;

	if (name.n > NAME_MAX || name.n == 0 || name.p[name.n - 1] == '/')
		return 0;
	for (size_t i = 0; i < name.n; i++) {
		if (!is_entry_octet(name.p[i]) || (name.p[i] == '/' &&
		    name.p[i + 1] == '/'))
			return 0;
		n += name.p[i] == '/';
	}
	return n;
}

/* RFC 5464 3.2: "/private" or "/shared", and what is below it; of a vendor's
 * there are four components. All of it: something can have this name. */
static bool
is_entry(struct str name, bool all)
{
	size_t n = components(name);
	struct str below;

	if (str_starts(name, STR("/private")))
		below = str_from(name, strlen("/private"));
	else if (str_starts(name, STR("/shared")))
		below = str_from(name, strlen("/shared"));
	else
		return false;
	if (n == 0 || (below.n > 0 && below.p[0] != '/'))
		return false;
	if (!all)
		return true;
	if (str_eq(below, STR("/vendor")) || str_starts(below, STR("/vendor/")))
		return n >= 4;
	return n >= 2;
}

/* entry = astring, in any case                           RFC 5464 3.2, 5 */
static struct metadata_name
scan_entry(struct scan *s, bool all)
{
	struct str sent = scan_astring(s);
	struct metadata_name name = { sent, str_lower(s->a, sent) };

	if (!is_entry(name.name, all))
		scan_fail(s, "no such name of metadata");
	return name;
}

/* bare: several need no list. RFC 5464 4.4.1 has examples of that. */
static struct metadata_names
scan_names(struct scan *s, bool bare)
{
	struct metadata_names out = { arena_array(s->a, METADATA_ASKED_MAX,
	    sizeof(*out.v)), 0 };
	bool list = scan_opt(s, '(');

	do {
		if (out.n == METADATA_ASKED_MAX) {
			scan_over(s, "Too many names of metadata");
			return out;
		}
		out.v[out.n++] = scan_entry(s, false);
	} while (scan_ok(s) && (list || bare) && scan_opt(s, ' '));
	if (list)
		scan_need(s, ')', "expected the end of the names");
	return out;
}

struct metadata_names
scan_metadata_names(struct scan *s)
{
	return scan_names(s, false);
}

static void
scan_option(struct scan *s, struct getmetadata_args *out)
{
	static const struct word options[] = {
		{ STR("MAXSIZE"), 0 }, { STR("DEPTH"), 1 },
	};
	static const struct word depths[] = {
		{ STR("0"), DEPTH_0 }, { STR("1"), DEPTH_1 },
		{ STR("infinity"), DEPTH_INFINITY },
	};
	int option = scan_word(s, options, NELEM(options),
	    "no such option of GETMETADATA");

	scan_sp(s);
	if (option == 0)
		out->maxsize = scan_number(s);
	else
		out->depth = (enum metadata_depth)scan_word(s, depths,
		    NELEM(depths), "no such depth");
}

/* "(" getmetadata-option *(SP getmetadata-option) ")" SP, if it is there: a
 * name would begin with a slash, or be quoted. */
static void
scan_options(struct scan *s, struct getmetadata_args *out)
{
	struct rd before = s->r;

	if (!scan_opt(s, '('))
		return;
	if (!ascii_is_alpha((char)rd_peek(&s->r))) {
		s->r = before;
		return;
	}
	do
		scan_option(s, out);
	while (scan_ok(s) && scan_opt(s, ' '));
	scan_need(s, ')', "expected the end of the options");
	scan_sp(s);
}

/* getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries
 * The examples of 4.2 have the options behind the mailbox. */
void
scan_getmetadata(struct scan *s, struct getmetadata_args *out)
{
	*out = (struct getmetadata_args){ .maxsize = UINT32_MAX };
	scan_sp(s);
	scan_options(s, out);
	out->mailbox = scan_mailbox(s);
	scan_sp(s);
	scan_options(s, out);
	out->names = scan_names(s, true);
	scan_end(s);
}

/* In its place; what was said of the same name before is not meant. */
static void
add_value(struct scan *s, struct setmetadata_args *out, struct str name,
    struct str value)
{
	size_t at = out->n;

	while (at > 0 && str_cmp(out->v[at - 1].name, name) >= 0)
		at--;
	if (at == out->n || !str_eq(out->v[at].name, name)) {
		if (out->n == METADATA_PUT_NAMES_MAX) {
			scan_over(s, "Too many names of metadata");
			return;
		}
		memmove(out->v + at + 1, out->v + at,
		    (out->n++ - at) * sizeof(*out->v));
	}
	out->v[at] = (struct metadata_value){ name, value };
}

/* setmetadata = "SETMETADATA" SP mailbox SP
 *   "(" entry SP value *(SP entry SP value) ")"; value = nstring / literal8 */
void
scan_setmetadata(struct scan *s, struct setmetadata_args *out)
{
	out->v = arena_array(s->a, METADATA_PUT_NAMES_MAX, sizeof(*out->v));
	scan_sp(s);
	out->mailbox = scan_mailbox(s);
	scan_sp(s);
	scan_need(s, '(', "expected a list of metadata");
	do {
		struct metadata_name name = scan_entry(s, true);
		struct str value;

		scan_sp(s);
		value = rd_peek(&s->r) == '~' ? scan_literal8(s) :
		    scan_nstring(s);
		if (scan_ok(s))
			add_value(s, out, name.name, value);
	} while (scan_ok(s) && scan_opt(s, ' '));
	scan_need(s, ')', "expected the end of the metadata");
	scan_end(s);
}
